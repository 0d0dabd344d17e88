// Package servicetest gives tests a Postgres and a Redis of their own, in those that DATABASE_URL and REDIS_URL name.
package servicetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/store"
	"svc-status-monitor/internal/stream"
)

var count atomic.Int64

// unique is a name that no other test has, also in another process.
func unique() string {
	return fmt.Sprintf("test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), count.Add(1))
}

// Postgres gives a database of the test's own, migrated; the test is skipped where DATABASE_URL is not set.
func Postgres(t *testing.T) *store.Store {
	t.Helper()
	db, _ := PostgresAt(t)
	return db
}

// PostgresAt gives such a database and its URL.
func PostgresAt(t *testing.T) (*store.Store, string) {
	t.Helper()
	value := os.Getenv("DATABASE_URL")
	if value == "" {
		t.Skip("DATABASE_URL names no Postgres to test with: run tests/with-services go test ./...")
	}
	connection, err := pgx.Connect(t.Context(), value)
	if err != nil {
		t.Fatal(err)
	}
	name := unique()
	if _, err := connection.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(value)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	db, err := store.Open(t.Context(), address.String(), 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db.Close()
		connection.Exec(context.Background(), "drop database "+name+" with (force)")
		connection.Close(context.Background())
	})
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, address.String()
}

// Redis gives a client and names of its own; the test is skipped where REDIS_URL is not set.
func Redis(t *testing.T) (*redis.Client, stream.Names) {
	t.Helper()
	options := Options(t)
	client := redis.NewClient(options)
	names := stream.Names{Prefix: unique()}
	t.Cleanup(func() {
		ctx := context.Background()
		if keys := client.Keys(ctx, names.Prefix+"*").Val(); len(keys) > 0 {
			client.Del(ctx, keys...)
		}
		client.Close()
	})
	return client, names
}

// Options are those of a client of the tests' Redis.
func Options(t *testing.T) *redis.Options {
	t.Helper()
	value := os.Getenv("REDIS_URL")
	if value == "" {
		t.Skip("REDIS_URL names no Redis to test with: run tests/with-services go test ./...")
	}
	options, err := redis.ParseURL(value)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

// Eventually asks until there is no error, for ten seconds.
func Eventually(t *testing.T, ask func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = ask(); err == nil {
			return
		}
	}
	t.Fatal(err)
}
