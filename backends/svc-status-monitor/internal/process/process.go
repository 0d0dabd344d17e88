// Package process is what the programs have in common: settings, connections, routes for probes, and an end at once.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/config"
	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
	"svc-status-monitor/internal/tracing"
)

// Process is a program that runs.
type Process struct {
	Config  config.Config
	DB      *store.Store
	Redis   *redis.Client
	Names   stream.Names
	Metrics *prometheus.Registry
	Log     *slog.Logger
	// Routes begins with /health, /ready and /metrics.
	Routes *http.ServeMux
	// Alive tells why the process has to be started again. Default: it never has to.
	Alive func() error
	// Work is what it does beside serving its routes; each ends with the context.
	Work []func(context.Context)
}

// Main runs a program until SIGTERM. Its exit code is 2 for wrong settings, 1 for a failure. setUp adds to the process what is its
// own.
func Main(name string, setUp func(*Process)) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("program", name)
	redis.SetLogger(quiet{})
	settings, err := config.Load(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, settings, log, setUp); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
	log.Info("stopped")
}

func run(ctx context.Context, settings config.Config, log *slog.Logger, setUp func(*Process)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	endTraces, err := tracing.Start(ctx, os.Getenv, log)
	if err != nil {
		return err
	}
	defer func() {
		// Nobody waits longer for traces that nobody takes.
		ending, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		endTraces(ending)
	}()
	// A delivery holds a connection while it lasts.
	db, err := store.Open(ctx, settings.DatabaseURL, settings.Concurrency+2)
	if err != nil {
		return err
	}
	defer db.Close()
	client := redis.NewClient(settings.Redis)
	defer client.Close()

	p := &Process{
		Config: settings, DB: db, Redis: client, Names: stream.Names{Prefix: settings.RedisPrefix},
		Metrics: prometheus.NewRegistry(), Log: log, Routes: http.NewServeMux(), Alive: func() error { return nil },
	}
	p.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	p.Routes.Handle("GET /metrics", promhttp.HandlerFor(p.Metrics, promhttp.HandlerOpts{}))
	p.Routes.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { answer(w, p.Alive()) })
	p.Routes.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) { answer(w, p.ready(r.Context())) })
	setUp(p)

	server := &http.Server{
		Addr: fmt.Sprintf(":%d", settings.Port), Handler: tracing.Routes(p.Routes),
		ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
	}
	failed := make(chan error, 1)
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
			stop()
		}
	}()
	var working sync.WaitGroup
	for _, work := range p.Work {
		working.Go(func() { work(ctx) })
	}
	log.Info("started", "port", settings.Port)
	<-ctx.Done()
	working.Wait()
	closing, cancel := context.WithTimeout(context.Background(), config.Longest)
	defer cancel()
	err = server.Shutdown(closing)
	select {
	case refused := <-failed:
		return refused
	default:
		return err
	}
}

// ready asks the database and Redis.
func (p *Process) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var problems []error
	if err := p.DB.Ping(ctx); err != nil {
		problems = append(problems, errors.New("Postgres does not answer"))
	}
	if err := p.Redis.Ping(ctx).Err(); err != nil {
		problems = append(problems, errors.New("Redis does not answer"))
	}
	return errors.Join(problems...)
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, strings.ReplaceAll(err.Error(), "\n", "; "), http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// Consume reads a stream as one of a group.
func (p *Process) Consume(name, group string, handle func(context.Context, []byte) (stream.Then, error)) {
	hostname, err := os.Hostname()
	if err != nil {
		hostname = group
	}
	consumer := &stream.Consumer{
		Redis: p.Redis, Reader: redis.NewClient(p.Config.Redis), Stream: name, Group: group, Name: fmt.Sprintf("%s-%d", hostname, time.Now().UnixNano()), Handle: handle,
		Concurrency: p.Config.Concurrency, ClaimAfter: p.Config.ClaimAfter, Log: p.Log,
		Handled: p.Counter("stream_messages_total", "Messages by outcome: done, failed, dead.", "outcome"),
	}
	const longestRound = time.Minute
	p.Alive = func() error {
		if age := consumer.SinceRound(); age > longestRound {
			return fmt.Errorf("no round since %s", age.Round(time.Second))
		}
		return nil
	}
	p.Work = append(p.Work, consumer.Run)
}

// Counter gives a counter that /metrics shows.
func (p *Process) Counter(name, help, label string) *prometheus.CounterVec {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "status_monitor", Name: name, Help: help}, []string{label})
	p.Metrics.MustRegister(counter)
	return counter
}

// quiet drops the lines of go-redis's own log: each error is given to its caller, too.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
