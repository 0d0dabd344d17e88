// Package notification tells webhooks of transitions.
package notification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/statuschange"
	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
)

// longestPause is the longest time between two calls for one transition.
const longestPause = 5 * time.Minute

// Worker delivers transitions.
type Worker struct {
	DB         *store.Store
	Redis      *redis.Client
	Names      stream.Names
	Webhook    *Webhook
	Attempts   int
	RetryAfter time.Duration
	Deliveries *prometheus.CounterVec
	Log        *slog.Logger
}

// Handle delivers a transition once. What fails is put into the set of retries, or into the dead letters after the last attempt.
func (w *Worker) Handle(ctx context.Context, data []byte) (stream.Then, error) {
	var message statuschange.Message
	if err := json.Unmarshal(data, &message); err != nil || message.Transition == 0 {
		return nil, fmt.Errorf("%w: not a transition: %v", stream.ErrHopeless, err)
	}
	var then stream.Then
	err := w.DB.Deliver(ctx, message.Transition, func(transition store.Transition) (store.Attempt, error) {
		err := w.Webhook.Call(ctx, transition)
		attempts := transition.Attempts + 1
		switch {
		case err == nil:
			w.Deliveries.WithLabelValues("delivered").Inc()
			return store.Attempt{}, nil
		case errors.Is(err, errRefused), attempts >= w.Attempts:
			w.Deliveries.WithLabelValues("dead").Inc()
			w.Log.Error("not delivered, goes to the dead letters", "transition", transition.Key, "attempts", attempts, "error", err)
			// Before the database knows of it: one that is there twice is better than none.
			return store.Attempt{Error: err.Error(), Dead: true}, w.bury(ctx, data, transition.Key, err)
		default:
			w.Deliveries.WithLabelValues("failed").Inc()
			pause := Pause(w.RetryAfter, attempts)
			w.Log.Warn("not delivered, next try later", "transition", transition.Key, "attempts", attempts, "pause", pause, "error", err)
			then = w.later(data, time.Now().Add(pause))
			return store.Attempt{Error: err.Error()}, nil
		}
	})
	return then, err
}

func (w *Worker) bury(ctx context.Context, data []byte, key string, reason error) error {
	values := []any{"data", data, "key", key, "reason", reason.Error()}
	return w.Redis.XAdd(ctx, &redis.XAddArgs{Stream: stream.Dead(w.Names.Transitions()), Values: values}).Err()
}

func (w *Worker) later(data []byte, at time.Time) stream.Then {
	return func(ctx context.Context, transaction redis.Pipeliner) error {
		return transaction.ZAdd(ctx, w.Names.Retry(), redis.Z{Score: float64(at.UnixMilli()), Member: data}).Err()
	}
}

// Pause is the time before the next attempt, after that many: it doubles each time, up to five minutes.
func Pause(first time.Duration, attempts int) time.Duration {
	pause := first
	for range attempts - 1 {
		if pause *= 2; pause > longestPause {
			return longestPause
		}
	}
	return min(pause, longestPause)
}

// Retry puts what is due for another attempt back into the stream, until the context ends. Any number of processes may do so.
func (w *Worker) Retry(ctx context.Context) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if _, err := stream.MoveDue(ctx, w.Redis, w.Names.Retry(), w.Names.Transitions(), now.UnixMilli()); err != nil && ctx.Err() == nil {
				w.Log.Warn("nothing is tried again for now", "error", err)
			}
		}
	}
}
