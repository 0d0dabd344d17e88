// The API: what is watched, and what was seen.
package main

import (
	"svc-status-monitor/internal/api"
	"svc-status-monitor/internal/process"
)

func main() {
	process.Main("api", func(p *process.Process) {
		api.Register(p.Routes, p.DB, p.Log)
	})
}
