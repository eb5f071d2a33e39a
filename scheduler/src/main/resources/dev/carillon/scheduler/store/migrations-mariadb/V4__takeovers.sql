-- How often a process died over a run: one that ends every process that takes it over must not go through all of them.
alter table run add column takeovers integer default 0 not null;
