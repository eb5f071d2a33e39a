-- First starts that have been acknowledged and have no rows of their own yet. One process writes here, so only H2 has it.
create table start_batch (
  id bigint generated always as identity primary key,
  node varchar(128) not null,
  starts varbinary(1000000) not null -- for each: number of its job, when it was due, when it started (4 + 8 + 8 bytes)
);
