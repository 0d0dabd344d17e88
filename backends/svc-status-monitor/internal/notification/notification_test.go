package notification_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/check"
	"svc-status-monitor/internal/notification"
	"svc-status-monitor/internal/servicetest"
	"svc-status-monitor/internal/statuschange"
	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
)

func counter(label string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "count"}, []string{label})
}

func TestPause(t *testing.T) {
	for attempts, want := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 9: 256 * time.Second, 10: 5 * time.Minute, 100: 5 * time.Minute,
	} {
		if got := notification.Pause(time.Second, attempts); got != want {
			t.Errorf("after %d attempts %s, want %s", attempts, got, want)
		}
	}
}

func TestDelivers(t *testing.T) {
	for name, test := range map[string]struct {
		// answers are the receiver's, one after the other; the last one for ever.
		answers   []int
		attempts  int
		delivered bool
	}{
		"at once":                       {[]int{200}, 1, true},
		"as accepted":                   {[]int{202}, 1, true},
		"after an error of the server":  {[]int{500, 503, 204}, 3, true},
		"after it was asked to wait":    {[]int{429, 200}, 2, true},
		"not what is refused":           {[]int{410}, 1, false},
		"not by a redirect":             {[]int{302}, 1, false},
		"not after the last attempt":    {[]int{500}, 4, false},
		"refused after a first failure": {[]int{500, 400}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			db := servicetest.Postgres(t)
			client, names := servicetest.Redis(t)
			var keys []string
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var told map[string]any
				json.NewDecoder(r.Body).Decode(&told)
				if told["to"] != "down" || told["key"] != r.Header.Get("Idempotency-Key") {
					t.Errorf("told %v", told)
				}
				keys = append(keys, r.Header.Get("Idempotency-Key"))
				w.WriteHeader(test.answers[min(len(keys), len(test.answers))-1])
			}))
			defer receiver.Close()
			monitor, _, err := db.Register(t.Context(), "http://site.example/", receiver.URL, 60)
			if err != nil {
				t.Fatal(err)
			}
			db.GiveOut(t.Context(), 1, func([]store.Due) error { return nil })
			finder := &statuschange.Worker{DB: db, Redis: client, Names: names, Transitions: counter("to"), Log: slog.New(slog.DiscardHandler)}
			result, _ := json.Marshal(store.Result{MonitorID: monitor.ID, Number: 1, Found: check.Result{At: time.Now()}})
			// The same result twice: its worker was killed before it was acknowledged.
			for range 2 {
				if _, err := finder.Handle(t.Context(), result); err != nil {
					t.Fatal(err)
				}
			}
			worker := &notification.Worker{
				DB: db, Redis: client, Names: names, Webhook: notification.NewWebhook(time.Second, 4), Attempts: 4,
				RetryAfter: time.Millisecond, Deliveries: counter("outcome"), Log: slog.New(slog.DiscardHandler),
			}
			ended := run(t, worker, names)
			var history []store.Transition
			servicetest.Eventually(t, func() error {
				history, err = db.History(t.Context(), monitor.ID, 1<<60, 10)
				if err != nil || len(history) != 1 || history[0].DeliveredAt == nil && history[0].DeadAt == nil {
					return fmt.Errorf("history: %+v, %v", history, err)
				}
				return nil
			})
			servicetest.Eventually(t, func() error {
				if left := client.XLen(t.Context(), names.Transitions()).Val(); left != 0 {
					return fmt.Errorf("%d messages are left", left)
				}
				return nil
			})
			ended()
			if got := history[0]; got.Attempts != test.attempts || (got.DeliveredAt != nil) != test.delivered || len(keys) != test.attempts {
				t.Errorf("%d calls; got %+v", len(keys), got)
			}
			for _, key := range keys {
				if key != history[0].Key {
					t.Errorf("the key %s, then %s", history[0].Key, key)
				}
			}
			dead := client.XLen(t.Context(), stream.Dead(names.Transitions())).Val()
			if (dead == 1) == test.delivered {
				t.Errorf("%d dead letters", dead)
			}
			// The message once more, as after a kill before it was acknowledged.
			message, _ := json.Marshal(statuschange.Message{Transition: history[0].ID})
			if _, err := worker.Handle(t.Context(), message); err != nil || len(keys) != test.attempts {
				t.Errorf("%d calls after a repetition, %v", len(keys), err)
			}
		})
	}
}

// run does the worker's work until the function that it gives is called.
func run(t *testing.T, worker *notification.Worker, names stream.Names) func() {
	ctx, cancel := context.WithCancel(t.Context())
	consumer := &stream.Consumer{
		Redis: worker.Redis, Reader: redis.NewClient(servicetest.Options(t)), Stream: names.Transitions(), Group: "notification", Name: "one", Handle: worker.Handle,
		Concurrency: 1, ClaimAfter: 4 * time.Minute, Handled: counter("outcome"), Log: worker.Log,
	}
	ended := make(chan struct{})
	go worker.Retry(ctx)
	go func() { consumer.Run(ctx); close(ended) }()
	return func() { cancel(); <-ended }
}

func TestHopeless(t *testing.T) {
	worker := &notification.Worker{}
	for _, data := range []string{"", "{", "{}", `"x"`, `{"transition":0}`} {
		if _, err := worker.Handle(t.Context(), []byte(data)); err == nil {
			t.Errorf("%q was handled", data)
		}
	}
}
