create table monitor (
    id bigint generated always as identity primary key,
    url text not null unique,
    webhook text not null default '',
    interval_seconds integer not null check (interval_seconds > 0),
    status text not null default 'unknown' check (status in ('unknown', 'up', 'down')),
    since timestamptz not null default now(),
    due timestamptz not null default now(),
    -- The number of the last check that was given out, and of the last whose result is in: one is under way at most.
    given_out bigint not null default 0,
    given_out_at timestamptz not null default now(),
    settled bigint not null default 0,
    checked_at timestamptz,
    status_code integer not null default 0,
    error text not null default '',
    took_milliseconds integer not null default 0,
    created_at timestamptz not null default now()
);
create index monitor_due on monitor (due);

create table transition (
    id bigint generated always as identity primary key,
    -- What receivers know it by, also where a database begins anew.
    key uuid not null unique default gen_random_uuid(),
    monitor_id bigint not null references monitor on delete cascade,
    check_number bigint not null,
    from_status text not null,
    to_status text not null,
    at timestamptz not null,
    status_code integer not null,
    error text not null,
    -- Who is told; nobody if empty.
    webhook text not null,
    published_at timestamptz,
    attempts integer not null default 0,
    attempted_at timestamptz,
    last_error text not null default '',
    delivered_at timestamptz,
    dead_at timestamptz,
    unique (monitor_id, check_number)
);
create index transition_history on transition (monitor_id, id);
create index transition_open on transition (monitor_id)
    where webhook <> '' and delivered_at is null and dead_at is null;
