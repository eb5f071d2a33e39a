-- Which living node has which job's function, in which revision of its definition. Rows go when their node does.
create table registration (
  script varchar(200) not null,
  name varchar(64) not null,
  node varchar(128) not null,
  revision varchar(16) not null, -- of schedule and backoff; the trigger's description names the one in force
  schedule varchar(512) not null,
  registered_at bigint not null, -- the newest is in force
  primary key (script, name, node)
) collate utf8mb4_nopad_bin;

create index registration_by_node on registration (node);

-- When a node was taken for dead, and by whom; it clears that itself when it is back.
alter table node add column lost_at bigint;
alter table node add column lost_to varchar(128);
