// Package statuschange finds transitions in the results of checks, and publishes them.
package statuschange

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
)

// Message names a transition of which a webhook is to be told.
type Message struct {
	Transition int64 `json:"transition"`
}

// Worker writes transitions to the database, then to the stream.
type Worker struct {
	DB          *store.Store
	Redis       *redis.Client
	Names       stream.Names
	Transitions *prometheus.CounterVec
	Log         *slog.Logger
}

// Handle settles a result. A result that comes again publishes what the first time was not published any more.
func (w *Worker) Handle(ctx context.Context, data []byte) (stream.Then, error) {
	var result store.Result
	if err := json.Unmarshal(data, &result); err != nil || result.Number == 0 {
		return nil, fmt.Errorf("%w: not a result: %v", stream.ErrHopeless, err)
	}
	to, err := w.DB.Settle(ctx, result)
	if err != nil {
		return nil, err
	}
	if to != "" {
		w.Transitions.WithLabelValues(to).Inc()
		w.Log.Info("changed", "monitor", result.MonitorID, "check", result.Number, "to", to)
	}
	return nil, w.publish(ctx, result.MonitorID)
}

func (w *Worker) publish(ctx context.Context, monitor int64) error {
	return w.DB.Publish(ctx, monitor, func(ids []int64) error {
		for _, id := range ids {
			if err := stream.Add(ctx, w.Redis, w.Names.Transitions(), Message{Transition: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep publishes again, until the context ends, what was neither delivered nor given up although nothing was tried for so long:
// a Redis that lost its data lost the messages, too.
func (w *Worker) Sweep(ctx context.Context, every, age time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := w.SweepOnce(ctx, age); err != nil && ctx.Err() == nil {
			w.Log.Warn("lost messages are not looked for, next try later", "error", err)
		}
	}
}

// SweepOnce does what Sweep does at each of its ticks.
func (w *Worker) SweepOnce(ctx context.Context, age time.Duration) error {
	monitors, err := w.DB.Forgotten(ctx, age)
	if err != nil {
		return err
	}
	for _, monitor := range monitors {
		w.Log.Warn("publishes transitions again", "monitor", monitor)
		if err := w.publish(ctx, monitor); err != nil {
			return err
		}
	}
	return nil
}
