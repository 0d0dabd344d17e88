// The worker reads a Redis stream in a consumer group. Each message is handled at least once: it is acknowledged
// after its work is done, and taken over from consumers that died.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	if err := run(); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return errors.Join(errors.New("REDIS_URL is not a URL of a Redis"), err)
	}
	client := redis.NewClient(options)
	defer client.Close()

	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	consumer := &Consumer{
		Redis:    client,
		Reader:   redis.NewClient(options),
		// Where projects share a Redis, a user may only have keys and channels that begin with REDIS_KEY_PREFIX.
		Stream:   os.Getenv("REDIS_KEY_PREFIX") + valueOf("STREAM", "{{name}}"),
		Group:    "{{name}}",
		Name:     hostname,
		Handle:   handle,
		MinIdle:  time.Minute,
		MaxBlock: 5 * time.Second,
	}

	server := &http.Server{
		Addr:              ":" + valueOf("PORT", "8081"),
		Handler:           health(consumer, 30*time.Second),
		ReadHeaderTimeout: 5 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	go func() {
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the health route is gone", "error", err)
			stop()
		}
	}()

	slog.Info("reading", "stream", consumer.Stream, "consumer", consumer.Name)
	consumer.Run(ctx)
	return server.Shutdown(context.Background())
}

// handle does the work of a message. An error leaves the message for a later try.
func handle(_ context.Context, message redis.XMessage) error {
	slog.Info("handled", "id", message.ID, "values", message.Values)
	return nil
}

// health answers 200 while the consumer does its rounds, the last no longer ago than maxAge.
func health(consumer *Consumer, maxAge time.Duration) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /health", func(response http.ResponseWriter, _ *http.Request) {
		if age := consumer.SinceRound(); age > maxAge {
			http.Error(response, "no round since "+age.String(), http.StatusServiceUnavailable)
			return
		}
		response.Write([]byte("ok\n"))
	})
	return routes
}

func valueOf(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}
