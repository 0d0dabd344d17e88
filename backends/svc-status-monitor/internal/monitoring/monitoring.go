// Package monitoring gives out the checks that are due, and makes them.
package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/check"
	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
)

// batch is how many checks are given out in one transaction.
const batch = 500

// Schedule looks for checks that are due, until the context ends. Any number of processes may do so.
func Schedule(ctx context.Context, db *store.Store, client *redis.Client, names stream.Names, log *slog.Logger) {
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		given, err := db.GiveOut(ctx, batch, func(due []store.Due) error {
			_, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
				for _, each := range due {
					if err := stream.Add(ctx, pipe, names.Due(), each); err != nil {
						return err
					}
				}
				return nil
			})
			return err
		})
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("no checks are given out, next try in 1 s", "error", err)
			next.Reset(time.Second)
		case given == batch:
			next.Reset(0)
		default:
			next.Reset(200 * time.Millisecond)
		}
	}
}

// Handle makes the check of a message; its result goes to the next stream.
func Handle(checker *check.Checker, names stream.Names, checks *prometheus.CounterVec) func(context.Context, []byte) (stream.Then, error) {
	return func(ctx context.Context, data []byte) (stream.Then, error) {
		var due store.Due
		if err := json.Unmarshal(data, &due); err != nil || due.URL == "" {
			return nil, fmt.Errorf("%w: not a check: %v", stream.ErrHopeless, err)
		}
		found := checker.Check(ctx, due.URL)
		status := "down"
		if found.Up {
			status = "up"
		}
		checks.WithLabelValues(status).Inc()
		result := store.Result{MonitorID: due.MonitorID, Number: due.Number, Found: found}
		return func(ctx context.Context, transaction redis.Pipeliner) error {
			return stream.Add(ctx, transaction, names.Results(), result)
		}, nil
	}
}
