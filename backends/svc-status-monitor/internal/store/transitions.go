package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Transition is a change of a monitor's status, and how far its webhook was told.
type Transition struct {
	ID          int64      `json:"id" db:"id"`
	Key         string     `json:"key" db:"key"`
	MonitorID   int64      `json:"monitor" db:"monitor_id"`
	URL         string     `json:"url" db:"url"`
	From        string     `json:"from" db:"from_status"`
	To          string     `json:"to" db:"to_status"`
	At          time.Time  `json:"at" db:"at"`
	StatusCode  int        `json:"status_code,omitempty" db:"status_code"`
	Error       string     `json:"error,omitempty" db:"error"`
	Webhook     string     `json:"webhook,omitempty" db:"webhook"`
	Attempts    int        `json:"attempts" db:"attempts"`
	LastError   string     `json:"last_error,omitempty" db:"last_error"`
	DeliveredAt *time.Time `json:"delivered_at" db:"delivered_at"`
	DeadAt      *time.Time `json:"dead_at,omitempty" db:"dead_at"`
}

const selectTransition = `select transition.id, key::text, monitor_id, monitor.url, from_status, to_status, at,
	transition.status_code, transition.error, transition.webhook, attempts, last_error, delivered_at, dead_at
	from transition join monitor on monitor.id = monitor_id `

// History lists the transitions of a monitor before an id, the newest first.
func (s *Store) History(ctx context.Context, monitor, before int64, limit int) ([]Transition, error) {
	rows, err := s.pool.Query(ctx, selectTransition+
		`where monitor_id = $1 and transition.id < $2 order by transition.id desc limit $3`, monitor, before, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Transition])
}

// Publish passes to send the ids of a monitor's transitions that nobody was told of, the oldest first, one process at a time.
// What was sent when this fails is sent again.
func (s *Store) Publish(ctx context.Context, monitor int64, send func(ids []int64) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select id from transition
			where monitor_id = $1 and published_at is null and webhook <> '' and delivered_at is null and dead_at is null
			order by id for update`, monitor)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := send(ids); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update transition set published_at = now() where id = any($1)`, ids)
		return err
	})
}

// Forgotten names the monitors that have transitions of which nothing was heard for so long, and marks these as not published:
// their messages are lost.
func (s *Store) Forgotten(ctx context.Context, age time.Duration) ([]int64, error) {
	rows, err := s.pool.Query(ctx, `
		with forgotten as (
			update transition set published_at = null
			where webhook <> '' and delivered_at is null and dead_at is null
				and greatest(at, published_at, attempted_at) < now() - $1::interval
			returning monitor_id)
		select distinct monitor_id from forgotten`, age)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Attempt is how a call of a webhook ended. Error is empty where it took the transition.
type Attempt struct {
	Error string
	// Dead is said of a transition that is not tried again.
	Dead bool
}

// ErrBusy says that another process delivers the transition.
var ErrBusy = errors.New("another process delivers it")

// Deliver calls a transition's webhook by try, unless that has been done, and records how it ended. Nobody else can deliver
// it meanwhile; a process that dies lets go of it.
func (s *Store) Deliver(ctx context.Context, id int64, try func(Transition) (Attempt, error)) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectTransition+
			`where transition.id = $1 and delivered_at is null and dead_at is null for update of transition nowait`, id)
		if err != nil {
			return err
		}
		transition, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Transition])
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		attempt, err := try(transition)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update transition set attempts = attempts + 1, attempted_at = now(), last_error = $2,
				delivered_at = case when $2 = '' then now() end, dead_at = case when $3 then now() end
			where id = $1`, id, attempt.Error, attempt.Dead)
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "55P03" {
		return ErrBusy
	}
	return err
}
