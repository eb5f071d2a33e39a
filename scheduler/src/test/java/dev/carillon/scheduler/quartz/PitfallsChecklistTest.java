package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every known way to lose or double a run in a cluster on Quartz has a test that carries its number as a tag:
 *
 * <ol>
 *   <li>a node killed in mid-run
 *   <li>a node stopped for longer than detection takes, and continued
 *   <li>two nodes that want one occurrence
 *   <li>node names: the same one again, another one, the same one twice
 *   <li>a database that fails on connecting, before and after a commit
 *   <li>triggers that say they are held and are not
 *   <li>a thread pool that refuses
 *   <li>a cluster that was down for an hour
 *   <li>clocks that are put forward and back
 *   <li>clocks that are wrong
 *   <li>a process that is no node on a cluster's tables
 *   <li>a thousand jobs due at once on a small pool
 *   <li>H2, killed
 *   <li>serialized objects in the tables
 *   <li>migrations: together, twice, with data
 *   <li>a rolling deploy, and jobs that not all nodes have
 *   <li>a job added where there is no slot for it
 *   <li>all of it for long, with many jobs
 * </ol>
 */
class PitfallsChecklistTest {
    private static final int PITFALLS = 18;

    @Test
    void every_pitfall_has_a_test_and_no_test_names_one_that_is_none() throws IOException {
        assertThat(tags())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, PITFALLS).boxed().toList());
    }

    private static TreeSet<Integer> tags() throws IOException {
        var tag = Pattern.compile("@Tag\\(\"pitfall-(\\d+)\"\\)");
        var found = new TreeSet<Integer>();
        for (var file : tests()) {
            tag.matcher(Files.readString(file)).results().forEach(match -> found.add(Integer.parseInt(match.group(1))));
        }
        return found;
    }

    private static List<Path> tests() throws IOException {
        var tests = new ArrayList<Path>();
        for (var module : List.of("scheduler", "chaos")) {
            try (var files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(tests::add);
            }
        }
        return tests;
    }
}
