package stream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/servicetest"
	"svc-status-monitor/internal/stream"
)

type handle = func(context.Context, []byte) (stream.Then, error)

func consumer(t *testing.T, client *redis.Client, name string, handle handle) *stream.Consumer {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "handled"}, []string{"outcome"})
	return &stream.Consumer{
		Redis: client, Reader: redis.NewClient(servicetest.Options(t)), Stream: name, Group: "test", Name: "one", Handle: handle,
		Concurrency: 4, ClaimAfter: 4 * time.Minute, Handled: counter, Log: slog.New(slog.DiscardHandler),
	}
}

// start runs a consumer; what it returns stops it and waits.
func start(t *testing.T, c *stream.Consumer) func() {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	return func() { cancel(); <-ended }
}

func length(client *redis.Client, name string, want int64) func() error {
	return func() error {
		if got := client.XLen(context.Background(), name).Val(); got != want {
			return fmt.Errorf("%s holds %d messages, want %d", name, got, want)
		}
		return nil
	}
}

// leaveWith makes a consumer that has taken all messages and died.
func leaveWith(t *testing.T, client *redis.Client, name string) {
	client.XGroupCreateMkStream(t.Context(), name, "test", "0")
	client.XReadGroup(t.Context(), &redis.XReadGroupArgs{Streams: []string{name, ">"}, Group: "test", Consumer: "dead", Count: 100})
}

func TestOutcomes(t *testing.T) {
	for name, test := range map[string]struct {
		err               error
		left, dead, after int64
		outcome           string
	}{
		"done":     {nil, 0, 0, 1, "done"},
		"failed":   {errors.New("no database"), 1, 0, 0, "failed"},
		"hopeless": {fmt.Errorf("%w: no JSON", stream.ErrHopeless), 0, 1, 0, "dead"},
	} {
		t.Run(name, func(t *testing.T) {
			client, names := servicetest.Redis(t)
			c := consumer(t, client, names.Due(), func(_ context.Context, data []byte) (stream.Then, error) {
				return func(ctx context.Context, transaction redis.Pipeliner) error {
					return stream.Add(ctx, transaction, names.Results(), string(data))
				}, test.err
			})
			stop := start(t, c)
			if err := stream.Add(t.Context(), client, names.Due(), map[string]int{"a": 1}); err != nil {
				t.Fatal(err)
			}
			servicetest.Eventually(t, func() error {
				if testutil.ToFloat64(c.Handled.WithLabelValues(test.outcome)) != 1 {
					return errors.New("not counted")
				}
				return nil
			})
			stop()
			for _, problem := range []error{
				length(client, names.Due(), test.left)(), length(client, stream.Dead(names.Due()), test.dead)(), length(client, names.Results(), test.after)(),
			} {
				if problem != nil {
					t.Error(problem)
				}
			}
			// One that has nothing left leaves the group.
			if got := int64(len(client.XInfoConsumers(t.Context(), names.Due(), "test").Val())); got != test.left {
				t.Errorf("the group has %d consumers, want %d", got, test.left)
			}
		})
	}
}

func TestStopsWhileItWaits(t *testing.T) {
	client, names := servicetest.Redis(t)
	stop := start(t, consumer(t, client, names.Due(), nil))
	time.Sleep(300 * time.Millisecond) // until it reads
	began := time.Now()
	stop()
	if took := time.Since(began); took > 500*time.Millisecond {
		t.Errorf("it took %s to stop", took)
	}
}

func TestFinishesWhatItHandles(t *testing.T) {
	client, names := servicetest.Redis(t)
	handling := make(chan struct{})
	stop := start(t, consumer(t, client, names.Due(), func(ctx context.Context, _ []byte) (stream.Then, error) {
		close(handling)
		time.Sleep(200 * time.Millisecond)
		return nil, ctx.Err()
	}))
	stream.Add(t.Context(), client, names.Due(), 1)
	<-handling
	stop()
	if problem := length(client, names.Due(), 0)(); problem != nil {
		t.Error(problem)
	}
}

func TestTakesOverWhatTheDeadLeft(t *testing.T) {
	client, names := servicetest.Redis(t)
	const messages = 30
	for i := range messages {
		stream.Add(t.Context(), client, names.Due(), i)
	}
	leaveWith(t, client, names.Due())
	seen := make(chan string, 2*messages)
	c := consumer(t, client, names.Due(), func(_ context.Context, data []byte) (stream.Then, error) {
		seen <- string(data)
		return nil, nil
	})
	c.ClaimAfter = 200 * time.Millisecond
	stop := start(t, c)
	servicetest.Eventually(t, length(client, names.Due(), 0))
	stop()
	once := map[string]bool{}
	for range len(seen) {
		once[<-seen] = true
	}
	if len(once) != messages {
		t.Errorf("handled %d of %d messages", len(once), messages)
	}
}

func TestLeavesToTheLivingWhatTheyHave(t *testing.T) {
	client, names := servicetest.Redis(t)
	stream.Add(t.Context(), client, names.Due(), 1)
	leaveWith(t, client, names.Due())
	c := consumer(t, client, names.Due(), func(context.Context, []byte) (stream.Then, error) {
		t.Error("took a message that another has just taken")
		return nil, nil
	})
	stop := start(t, c)
	time.Sleep(300 * time.Millisecond)
	stop()
	if problem := length(client, names.Due(), 1)(); problem != nil {
		t.Error(problem)
	}
}

func TestMovesWhatIsDue(t *testing.T) {
	client, names := servicetest.Redis(t)
	for _, at := range []float64{10, 20, 30} {
		client.ZAdd(t.Context(), names.Retry(), redis.Z{Score: at, Member: fmt.Sprintf("at %v", at)})
	}
	moved, err := stream.MoveDue(t.Context(), client, names.Retry(), names.Transitions(), 20)
	if err != nil || moved != 2 {
		t.Fatalf("moved %d, %v", moved, err)
	}
	if problem := length(client, names.Transitions(), 2)(); problem != nil {
		t.Error(problem)
	}
	if left := client.ZRange(t.Context(), names.Retry(), 0, -1).Val(); len(left) != 1 || left[0] != "at 30" {
		t.Errorf("left: %v", left)
	}
}
