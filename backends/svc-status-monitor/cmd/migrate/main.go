// The job that brings the database up to date. With --check it changes nothing, and fails where anything is pending.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"svc-status-monitor/internal/store"
)

func main() {
	check := flag.Bool("check", false, "change nothing; exit 1 with the reason where a migration is pending")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if err := run(ctx, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	db, err := store.Open(ctx, os.Getenv("DATABASE_URL"), 2)
	if err != nil {
		return err
	}
	defer db.Close()
	if check {
		pending, err := db.Pending(ctx)
		if err == nil && len(pending) > 0 {
			err = fmt.Errorf("pending: %s", strings.Join(pending, ", "))
		}
		return err
	}
	applied, err := db.Migrate(ctx)
	for _, name := range applied {
		fmt.Println("applied", name)
	}
	return err
}
