// The worker that finds transitions in the results of checks.
package main

import (
	"context"
	"time"

	"svc-status-monitor/internal/process"
	"svc-status-monitor/internal/statuschange"
)

func main() {
	process.Main("status-change", func(p *process.Process) {
		worker := &statuschange.Worker{
			DB: p.DB, Redis: p.Redis, Names: p.Names, Log: p.Log,
			Transitions: p.Counter("transitions_total", "Transitions by the new status: up, down.", "to"),
		}
		p.Consume(p.Names.Results(), "status-change", worker.Handle)
		p.Work = append(p.Work, func(ctx context.Context) { worker.Sweep(ctx, time.Minute, 15*time.Minute) })
	})
}
