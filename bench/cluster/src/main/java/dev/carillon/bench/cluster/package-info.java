/** Clusters side by side on one PostgreSQL: stock Quartz, db-scheduler and Carillon; not part of the default build. */
@NullMarked
package dev.carillon.bench.cluster;

import org.jspecify.annotations.NullMarked;
