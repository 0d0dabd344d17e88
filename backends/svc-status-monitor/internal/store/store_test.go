package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"svc-status-monitor/internal/check"
	"svc-status-monitor/internal/servicetest"
	"svc-status-monitor/internal/store"
)

func register(t *testing.T, db *store.Store, webhook string) store.Monitor {
	t.Helper()
	monitor, created, err := db.Register(t.Context(), "http://site.example/", webhook, 1)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	return monitor
}

// giveOut gives the checks that are due.
func giveOut(t *testing.T, db *store.Store) (given []store.Due) {
	t.Helper()
	_, err := db.GiveOut(t.Context(), 10, func(due []store.Due) error {
		given = due
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return given
}

// settle records what a check found; it gives the new status of a transition.
func settle(t *testing.T, db *store.Store, due store.Due, up bool) string {
	t.Helper()
	to, err := db.Settle(t.Context(), store.Result{
		MonitorID: due.MonitorID, Number: due.Number, Found: check.Result{Up: up, At: time.Now()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// next waits for the next check of the only monitor.
func next(t *testing.T, db *store.Store) (due store.Due) {
	t.Helper()
	servicetest.Eventually(t, func() error {
		given := giveOut(t, db)
		if len(given) != 1 {
			return errors.New("nothing is due")
		}
		due = given[0]
		return nil
	})
	return due
}

func published(t *testing.T, db *store.Store, monitor int64) (published []int64) {
	t.Helper()
	err := db.Publish(t.Context(), monitor, func(ids []int64) error {
		published = ids
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return published
}

func TestMigratesOnce(t *testing.T) {
	db := servicetest.Postgres(t)
	var migrating sync.WaitGroup
	for range 4 {
		migrating.Go(func() {
			if applied, err := db.Migrate(t.Context()); err != nil || len(applied) > 0 {
				t.Errorf("applied %v, %v", applied, err)
			}
		})
	}
	migrating.Wait()
	if pending, err := db.Pending(t.Context()); err != nil || len(pending) > 0 {
		t.Errorf("pending: %v, %v", pending, err)
	}
}

func TestRegistersAURLOnce(t *testing.T) {
	db := servicetest.Postgres(t)
	first := register(t, db, "")
	again, created, err := db.Register(t.Context(), first.URL, "http://hook.example/", 30)
	if err != nil || created || again.ID != first.ID || again.Webhook != "http://hook.example/" || again.IntervalSeconds != 30 {
		t.Errorf("got %+v, created %v, %v", again, created, err)
	}
	if err := db.Remove(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
	if err := db.Remove(t.Context(), first.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestGivesOutOneCheckAtATime(t *testing.T) {
	db := servicetest.Postgres(t)
	register(t, db, "")
	var mutex sync.Mutex
	var given []store.Due
	var giving sync.WaitGroup
	for range 8 {
		giving.Go(func() {
			due := giveOut(t, db)
			mutex.Lock()
			given = append(given, due...)
			mutex.Unlock()
		})
	}
	giving.Wait()
	if len(given) != 1 || given[0].Number != 1 {
		t.Fatalf("given out: %+v", given)
	}
	time.Sleep(1200 * time.Millisecond)
	if early := giveOut(t, db); len(early) > 0 {
		t.Errorf("given out before the first is settled: %+v", early)
	}
	settle(t, db, given[0], true)
	if second := next(t, db); second.Number != 2 {
		t.Errorf("then: %+v", second)
	}
}

func TestGivesOutAgainWhatCouldNotBeSent(t *testing.T) {
	db := servicetest.Postgres(t)
	register(t, db, "")
	lost := errors.New("no Redis")
	if _, err := db.GiveOut(t.Context(), 10, func([]store.Due) error { return lost }); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	if again := next(t, db); again.Number != 1 {
		t.Errorf("got %+v", again)
	}
}

func TestTakesAResultThatIsFasterThanTheGivingOut(t *testing.T) {
	db := servicetest.Postgres(t)
	monitor := register(t, db, "")
	var settling sync.WaitGroup
	_, err := db.GiveOut(t.Context(), 10, func(due []store.Due) error {
		settling.Go(func() { settle(t, db, due[0], false) })
		time.Sleep(200 * time.Millisecond)
		return nil
	})
	settling.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if monitor, err = db.Monitor(t.Context(), monitor.ID); err != nil || monitor.Status != "down" {
		t.Errorf("got %+v, %v", monitor, err)
	}
}

func TestTransitions(t *testing.T) {
	for name, test := range map[string]struct {
		found []bool
		want  []string
		told  int
	}{
		"up at first, which is no news": {[]bool{true}, []string{"up"}, 0},
		"down at first":                 {[]bool{false}, []string{"down"}, 1},
		"stays up":                      {[]bool{true, true}, []string{"up", ""}, 0},
		"goes down and comes back":      {[]bool{true, false, false, true}, []string{"up", "down", "", "up"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			db := servicetest.Postgres(t)
			monitor := register(t, db, "http://hook.example/")
			told := 0
			for i, up := range test.found {
				due := next(t, db)
				if got := settle(t, db, due, up); got != test.want[i] {
					t.Errorf("check %d: got %q, want %q", i+1, got, test.want[i])
				}
				if got := settle(t, db, due, !up); got != "" {
					t.Errorf("check %d counts twice: %q", i+1, got)
				}
				told += len(published(t, db, monitor.ID))
			}
			if told != test.told {
				t.Errorf("published %d, want %d", told, test.told)
			}
		})
	}
}

func TestPublishesAgainWhatCouldNotBeSent(t *testing.T) {
	db := servicetest.Postgres(t)
	monitor := register(t, db, "http://hook.example/")
	settle(t, db, next(t, db), false)
	lost := errors.New("no Redis")
	if err := db.Publish(t.Context(), monitor.ID, func([]int64) error { return lost }); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	if ids := published(t, db, monitor.ID); len(ids) != 1 {
		t.Errorf("published: %v", ids)
	}
	if ids := published(t, db, monitor.ID); len(ids) != 0 {
		t.Errorf("published twice: %v", ids)
	}
	if monitors, err := db.Forgotten(t.Context(), time.Hour); err != nil || len(monitors) != 0 {
		t.Errorf("forgotten at once: %v, %v", monitors, err)
	}
	if monitors, err := db.Forgotten(t.Context(), 0); err != nil || len(monitors) != 1 {
		t.Errorf("not forgotten: %v, %v", monitors, err)
	}
	if ids := published(t, db, monitor.ID); len(ids) != 1 {
		t.Errorf("published after it was forgotten: %v", ids)
	}
}

func TestDeliversOneAtATimeAndOnce(t *testing.T) {
	db := servicetest.Postgres(t)
	monitor := register(t, db, "http://hook.example/")
	settle(t, db, next(t, db), false)
	id := published(t, db, monitor.ID)[0]
	calls := 0
	err := db.Deliver(t.Context(), id, func(transition store.Transition) (store.Attempt, error) {
		calls++
		if transition.To != "down" || transition.URL != monitor.URL || transition.Key == "" {
			t.Errorf("got %+v", transition)
		}
		err := db.Deliver(t.Context(), id, func(store.Transition) (store.Attempt, error) {
			t.Error("delivered by two at a time")
			return store.Attempt{}, nil
		})
		if !errors.Is(err, store.ErrBusy) {
			t.Errorf("the other: %v", err)
		}
		return store.Attempt{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Deliver(t.Context(), id, func(store.Transition) (store.Attempt, error) {
		calls++
		return store.Attempt{}, nil
	})
	if err != nil || calls != 1 {
		t.Errorf("called %d times, %v", calls, err)
	}
	history, err := db.History(t.Context(), monitor.ID, 1<<60, 10)
	if err != nil || len(history) != 1 || history[0].DeliveredAt == nil || history[0].Attempts != 1 {
		t.Errorf("history: %+v, %v", history, err)
	}
}
