package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"svc-status-monitor/internal/check"
)

// Due is a check that is to be made. Number counts the checks of a monitor.
type Due struct {
	MonitorID int64  `json:"monitor" db:"id"`
	Number    int64  `json:"number" db:"given_out"`
	URL       string `json:"url" db:"url"`
}

// Result is what such a check found.
type Result struct {
	MonitorID int64        `json:"monitor"`
	Number    int64        `json:"number"`
	Found     check.Result `json:"found"`
}

// lostAfter is when a check without a result is given up, and the next is made: the streams have lost it.
const lostAfter = 5 * time.Minute

// GiveOut passes checks that are due to send, up to limit of them, and gives their number. A monitor has one check under
// way at most, so that its results arrive in order. What was sent when this fails is sent again, under the same number.
func (s *Store) GiveOut(ctx context.Context, limit int, send func([]Due) error) (int, error) {
	var due []Due
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			with chosen as (
				select id from monitor
				where due <= now() and (given_out <= settled or given_out_at < now() - $2::interval)
				order by due limit $1
				for update skip locked)
			update monitor set given_out = greatest(given_out, settled) + 1, given_out_at = now(),
				due = greatest(due + make_interval(secs => interval_seconds), now())
			from chosen where monitor.id = chosen.id
			returning monitor.id, monitor.given_out, monitor.url`, limit, lostAfter)
		if err != nil {
			return err
		}
		due, err = pgx.CollectRows(rows, pgx.RowToStructByName[Due])
		if err != nil || len(due) == 0 {
			return err
		}
		return send(due)
	})
	return len(due), err
}

// Settle records a result, and the transition if it is one. A result that is in already changes nothing. It gives the new status
// of a transition, otherwise nothing.
func (s *Store) Settle(ctx context.Context, result Result) (transition string, err error) {
	status := "down"
	if result.Found.Up {
		status = "up"
	}
	found := result.Found
	// A result may be here before its check was committed as given out: the lock waits for that.
	// That a URL is up when it is first seen is history, but no news.
	err = s.pool.QueryRow(ctx, `
		with before as (
			select id, status, webhook from monitor where id = $1 and settled < $2 for update),
		settled as (
			update monitor set settled = $2, status = $3, since = case when monitor.status = $3 then since else $4 end,
				checked_at = $4, status_code = $5, error = $6, took_milliseconds = $7
			from before where monitor.id = before.id)
		insert into transition (monitor_id, check_number, from_status, to_status, at, status_code, error, webhook)
		select id, $2, status, $3, $4, $5, $6, case when status = 'unknown' and $3 = 'up' then '' else webhook end
		from before where status <> $3
		returning to_status`,
		result.MonitorID, result.Number, status, found.At, found.StatusCode, found.Error, found.Took.Milliseconds()).Scan(&transition)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return transition, err
}
