// Package stream hands messages from one program to the next through Redis streams and their consumer groups.
//
// A message is JSON in the field data, and belongs to the trace of what it follows from. It leaves its stream when it is handled, in one transaction with what follows
// from it, so that a stream holds what is still to be done and nothing else.
package stream

import (
	"context"
	"encoding/json"

	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/tracing"
)

// Names are the keys in Redis, all below one prefix.
type Names struct{ Prefix string }

// Due holds the checks that are to be made.
func (n Names) Due() string { return n.Prefix + ":due" }

// Results holds what checks found.
func (n Names) Results() string { return n.Prefix + ":results" }

// Transitions holds those of which a webhook is to be told.
func (n Names) Transitions() string { return n.Prefix + ":transitions" }

// Retry is the sorted set of transitions that are told later, by the time in milliseconds.
func (n Names) Retry() string { return n.Prefix + ":transitions:retry" }

// Dead is the stream of what can't be handled, of the stream of that name.
func Dead(name string) string { return name + ":dead" }

// Add puts a message into a stream.
func Add(ctx context.Context, to redis.Cmdable, name string, message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	values := append([]any{"data", data}, tracing.Fields(ctx)...)
	return to.XAdd(ctx, &redis.XAddArgs{Stream: name, Values: values}).Err()
}

// move takes what is due from a sorted set to a stream, all or nothing.
var move = redis.NewScript(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)
for _, data in ipairs(due) do
  redis.call('XADD', KEYS[2], '*', 'data', data)
  redis.call('ZREM', KEYS[1], data)
end
return #due`)

// MoveDue puts messages of a sorted set into a stream once their time has come; it gives their number.
func MoveDue(ctx context.Context, client *redis.Client, set, name string, nowMillis int64) (int, error) {
	return move.Run(ctx, client, []string{set, name}, nowMillis).Int()
}
