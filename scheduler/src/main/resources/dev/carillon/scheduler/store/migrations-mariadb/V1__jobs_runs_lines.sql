-- Instants are milliseconds since 1970, UTC. Ids of runs sort by due time, so "newest first" is the primary key backwards.

create table node (
  name varchar(128) primary key,
  started_at bigint not null,
  last_seen_at bigint not null,
  stopped boolean not null,
  version varchar(64) not null,
  backend varchar(32) not null
) collate utf8mb4_nopad_bin;

create table job (
  num integer auto_increment primary key,
  script varchar(512) not null,
  name varchar(64) not null,
  schedule varchar(1024) not null,
  backoff varchar(256) not null, -- milliseconds, commas between
  state varchar(8) not null,
  since_at bigint not null, -- occurrences after it are ours to account for
  constraint job_key unique (script, name)
) collate utf8mb4_nopad_bin;

-- The run and its latest attempt in one row: one insert starts a run, one update ends it.
create table run (
  id varchar(26) primary key,
  job integer not null references job (num),
  scheduled_at bigint not null,
  trigger_kind varchar(8) not null,
  state varchar(11) not null,
  reason varchar(32),
  attempt integer not null, -- also the fence: who holds a smaller one is stale
  first_started_at bigint,
  started_at bigint, -- of the latest attempt, as all that follow
  ended_at bigint,
  node varchar(128),
  error mediumtext,
  retry_at bigint
) collate utf8mb4_nopad_bin;

create index run_by_job on run (job, id);
create index run_by_state on run (state, id);

-- Attempts that another one followed.
create table attempt (
  run varchar(26) not null,
  attempt integer not null,
  state varchar(11) not null,
  started_at bigint not null,
  ended_at bigint,
  node varchar(128) not null,
  error mediumtext,
  retry_at bigint,
  primary key (run, attempt)
) collate utf8mb4_nopad_bin;

create table log_line (
  run varchar(26) not null,
  seq bigint not null, -- attempt times a million, plus the line's number
  printed_at bigint not null,
  level varchar(5) not null,
  text mediumtext not null,
  primary key (run, seq)
) collate utf8mb4_nopad_bin;
