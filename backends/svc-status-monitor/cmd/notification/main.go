// The worker that tells webhooks of transitions.
package main

import (
	"svc-status-monitor/internal/config"
	"svc-status-monitor/internal/notification"
	"svc-status-monitor/internal/process"
)

func main() {
	process.Main("notification", func(p *process.Process) {
		worker := &notification.Worker{
			DB: p.DB, Redis: p.Redis, Names: p.Names, Log: p.Log,
			Webhook:    notification.NewWebhook(config.Longest, p.Config.Concurrency),
			Attempts:   p.Config.DeliveryAttempts,
			RetryAfter: p.Config.RetryAfter,
			Deliveries: p.Counter("deliveries_total", "Calls of webhooks by outcome: delivered, failed, dead.", "outcome"),
		}
		p.Consume(p.Names.Transitions(), "notification", worker.Handle)
		p.Work = append(p.Work, worker.Retry)
	})
}
