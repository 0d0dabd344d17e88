// The worker that gives out the checks that are due, and makes them.
package main

import (
	"context"

	"svc-status-monitor/internal/check"
	"svc-status-monitor/internal/config"
	"svc-status-monitor/internal/monitoring"
	"svc-status-monitor/internal/process"
)

func main() {
	process.Main("monitoring", func(p *process.Process) {
		checks := p.Counter("checks_total", "Checks by what they found: up, down.", "status")
		p.Consume(p.Names.Due(), "monitoring", monitoring.Handle(check.New(config.Longest), p.Names, checks))
		p.Work = append(p.Work, func(ctx context.Context) {
			monitoring.Schedule(ctx, p.DB, p.Redis, p.Names, p.Log)
		})
	})
}
