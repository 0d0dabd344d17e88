package store

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the advisory lock under which one process at a time migrates.
const migrationLock = 7_140_923

// Pending names the migrations that the database has not seen.
func (s *Store) Pending(ctx context.Context) ([]string, error) {
	var made bool
	if err := s.pool.QueryRow(ctx, `select to_regclass('migration') is not null`).Scan(&made); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	if made {
		rows, err := s.pool.Query(ctx, `select name from migration`)
		if err != nil {
			return nil, err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			seen[name] = true
		}
	}
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	var pending []string
	for _, entry := range entries {
		if !seen[entry.Name()] {
			pending = append(pending, entry.Name())
		}
	}
	return pending, nil
}

// Migrate applies what is pending, once each, all or nothing; it gives the names.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, migrationLock); err != nil {
			return err
		}
		const table = `create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`
		if _, err := tx.Exec(ctx, table); err != nil {
			return err
		}
		entries, err := migrations.ReadDir("migrations")
		if err != nil {
			return err
		}
		for _, entry := range entries {
			tag, err := tx.Exec(ctx, `insert into migration (name) values ($1) on conflict do nothing`, entry.Name())
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				continue
			}
			sql, err := migrations.ReadFile("migrations/" + entry.Name())
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(sql)); err != nil {
				return fmt.Errorf("%s: %w", entry.Name(), err)
			}
			applied = append(applied, entry.Name())
		}
		return nil
	})
	return applied, err
}
