// Package store keeps the monitors and their transitions in Postgres.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNotFound says that there is no such monitor.
var ErrNotFound = errors.New("not found")

// Store is the database.
type Store struct{ pool *pgxpool.Pool }

// Open gives a Store with up to that many connections, which are made when they are needed.
func Open(ctx context.Context, url string, connections int) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// pgx leaves the password out.
		return nil, err
	}
	config.MaxConns = int32(connections)
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return &Store{pool: pool}, nil
}

// Close ends the connections.
func (s *Store) Close() { s.pool.Close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Monitor is a URL that is watched.
type Monitor struct {
	ID              int64      `json:"id" db:"id"`
	URL             string     `json:"url" db:"url"`
	Webhook         string     `json:"webhook,omitempty" db:"webhook"`
	IntervalSeconds int        `json:"interval_seconds" db:"interval_seconds"`
	Status          string     `json:"status" db:"status"`
	Since           time.Time  `json:"since" db:"since"`
	CheckedAt       *time.Time `json:"checked_at" db:"checked_at"`
	StatusCode      int        `json:"status_code,omitempty" db:"status_code"`
	Error           string     `json:"error,omitempty" db:"error"`
	Milliseconds    int        `json:"took_milliseconds" db:"took_milliseconds"`
}

const monitorColumns = `id, url, webhook, interval_seconds, status, since, checked_at, status_code, error, took_milliseconds`

// Register watches a URL from now on; where it is watched already its webhook and interval change. It tells whether the
// monitor is new.
func (s *Store) Register(ctx context.Context, url, webhook string, intervalSeconds int) (monitor Monitor, created bool, err error) {
	rows, err := s.pool.Query(ctx, `
		insert into monitor (url, webhook, interval_seconds) values ($1, $2, $3)
		on conflict (url) do update set webhook = excluded.webhook, interval_seconds = excluded.interval_seconds,
			due = least(monitor.due, now() + make_interval(secs => excluded.interval_seconds))
		returning `+monitorColumns+`, xmax = 0 as created`, url, webhook, intervalSeconds)
	if err != nil {
		return monitor, false, err
	}
	type row struct {
		Monitor
		Created bool `db:"created"`
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	return found.Monitor, found.Created, err
}

// Monitors lists those after an id, in the order of their ids.
func (s *Store) Monitors(ctx context.Context, after int64, limit int) ([]Monitor, error) {
	rows, err := s.pool.Query(ctx, `select `+monitorColumns+` from monitor where id > $1 order by id limit $2`, after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Monitor])
}

// Monitor gives one.
func (s *Store) Monitor(ctx context.Context, id int64) (Monitor, error) {
	rows, err := s.pool.Query(ctx, `select `+monitorColumns+` from monitor where id = $1`, id)
	if err != nil {
		return Monitor{}, err
	}
	monitor, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Monitor])
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return monitor, err
}

// Remove ends the watch of a URL, and forgets its history.
func (s *Store) Remove(ctx context.Context, id int64) error {
	tag, err := s.pool.Exec(ctx, `delete from monitor where id = $1`, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return err
}
