package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nodes, real processes, do to a database before they use it. */
@Timeout(120)
class MigrationTest {
    /** The last node, which has none of the jobs, may tell of what nobody ran. */
    private static final String RUNS = "select id from run where state <> 'skipped' order by id";

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    @Tag("pitfall-15")
    void nodes_that_come_up_together_make_the_tables_of_quartzs_jar_once_and_keep_them_with_all_they_hold()
            throws Exception {
        cluster.useEmptyDatabase();
        var first = List.of(cluster.start("n1", "jobs=3"), cluster.start("n2", "jobs=3"));
        first.forEach(cluster::awaitUp);
        cluster.await("they work", () -> cluster.starts().size() > 6);
        for (var node : first) {
            node.leave();
        }
        try (var connection = cluster.connect()) {
            assertThat(QuartzTablesTest.columns(connection, "carillon")).isEqualTo(QuartzTablesTest.columnsOfTheJar());
        }
        var tables = List.of("qrtz_job_details", "qrtz_triggers", "qrtz_simprop_triggers", "job");
        var before = tables.stream().map(cluster::count).toList();
        assertThat(before).doesNotContain(0L);
        var runs = cluster.query(RUNS);
        assertThat(runs).isNotEmpty();

        cluster.up("n1", "jobs=0").leave();

        assertThat(tables.stream().map(cluster::count).toList()).isEqualTo(before);
        assertThat(cluster.query(RUNS)).isEqualTo(runs);
        try (var connection = cluster.connect()) {
            assertThat(QuartzTablesTest.columns(connection, "carillon")).isEqualTo(QuartzTablesTest.columnsOfTheJar());
        }
    }
}
