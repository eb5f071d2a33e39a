package dev.carillon.scheduler;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.Browser.Window;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in a real browser against the real service with real scripts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DashboardTest {
    /** The 29th of February: nothing here fires by itself while the tests run. */
    private static final String SELDOM = "0 0 29 2 *";

    private static final Map<String, String> SCRIPTS =
            Map.of("bells.ts", """
            Deno.cron("ring bells", "%s", () => {
              console.debug("rope taken");
              console.log("ding");
              console.warn("bell 3 is cracked");
              console.error("bell 4 is missing");
            });
            Deno.cron("count bells", "%s", () => {
              console.log("four");
            });
            """, "flaky.ts", """
            Deno.cron("tune organ", "%s", { backoffSchedule: [] }, () => {
              throw new TypeError("pipe 17 is out of tune");
            });
            """, "slow.ts", """
            let go = false;
            Deno.cron("long peal", "%s", async () => {
              go = false;
              console.log("peal begins");
              for (let n = 1; !go; n++) {
                await new Promise((resolve) => setTimeout(resolve, 50));
                if (n %% 4 === 0) console.log(`change ${n / 4}`);
              }
              console.log("peal ends");
            });
            Deno.cron("stop the peal", "%s", () => {
              go = true;
            });
            """, "broken.ts", """
            // The second line is wrong.
            throw new RangeError("no bell is hung");
            """);

    private Path folder;
    private Browser browser;
    private Service service;
    private String host;
    private @Nullable Window window;

    @SuppressWarnings("NullAway.Init") // every test begins with open()
    private Page page;

    @BeforeAll
    void start(@TempDir Path shared) throws IOException {
        folder = shared;
        browser = new Browser();
        var scripts = Files.createDirectory(folder.resolve("scripts"));
        for (var script : SCRIPTS.entrySet()) {
            Files.writeString(
                    scripts.resolve(script.getKey()),
                    script.getValue().replace("%s", SELDOM).replace("%%", "%"));
        }
        service = serve(0);
        host = "http://127.0.0.1:" + service.port();
    }

    private Service serve(int port) throws IOException {
        var file = folder.resolve("carillon.yaml");
        Files.writeString(file, """
                database: { url: "jdbc:h2:file:%s/history" }
                node: { name: tower }
                http: { port: %d }
                scripts:
                  - path: scripts
                """.formatted(folder, port));
        var configuration = ConfigurationReader.read(file, Map.of(), Map.of(), List.of());
        var started = Service.start(
                configuration,
                TimeSource.system(),
                settings ->
                        JdbcRunStore.open(new StoreConfig(settings.database().url())));
        started.awaitScripts();
        return started;
    }

    @AfterAll
    void stop() {
        service.close();
        browser.close();
    }

    @AfterEach
    void closeWindow() {
        if (window != null) {
            window.close();
            window = null;
        }
    }

    private void open(String path) {
        open(path, Browser.DESKTOP, ColorScheme.LIGHT, false);
    }

    private void open(String path, int width, ColorScheme scheme, boolean bypassPolicy) {
        closeWindow();
        var opened = browser.open(host, width, scheme, "Asia/Kolkata", bypassPolicy);
        window = opened;
        page = opened.page();
        page.navigate(path);
        assertThat(page.locator(".connection")).hasText("Live");
    }

    private void assertQuiet() {
        Objects.requireNonNull(window).assertQuiet();
    }

    private void post(String path) {
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create(host + path))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(path, e);
        }
    }

    private Locator row(String job) {
        return page.locator("tr.job-row").filter(new Locator.FilterOptions().setHasText(job));
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Runs the job by the button, as a reader would, and goes to the run. */
    private void runNow(String job) {
        open("/");
        button("Run now " + job).click();
        link("Follow this run").click();
        assertThat(page.locator("main h1")).containsText(job);
    }

    @Test
    void the_overview_says_what_is_broken_running_next_and_missed() {
        open("/");
        assertThat(page.locator(".answers h2"))
                .hasText(new String[] {"Broken now", "Running now", "Next", "Missed in 24 h"});
        var down = page.locator("article.down");
        assertThat(down.locator("h3")).containsText("broken.ts");
        assertThat(down.locator(".down-message")).hasText("RangeError: no bell is hung");
        assertThat(down.locator(".down-where")).containsText(Pattern.compile("broken\\.ts:2:\\d+"));
        assertThat(row("ring bells")).containsText("bells.ts");
        assertThat(row("ring bells").locator(".c-schedule")).containsText(SELDOM);
        assertThat(row("ring bells").locator(".c-next .countdown")).containsText(Pattern.compile("\\d+ d \\d+ h"));
        assertQuiet();
    }

    @Test
    void a_job_run_by_hand_shows_what_it_printed_and_warnings_alone_on_request() {
        runNow("ring bells");
        assertThat(page.locator("main h1")).containsText("succeeded");
        assertThat(page.locator(".facts")).containsText("tower");
        assertThat(page.locator(".line .line-text"))
                .hasText(new String[] {"rope taken", "ding", "bell 3 is cracked", "bell 4 is missing"});
        button("Warnings 2").click();
        assertThat(page.locator(".line .line-text")).hasText(new String[] {"bell 3 is cracked", "bell 4 is missing"});
        assertThat(page).hasURL(Pattern.compile("level=warn"));
        page.reload();
        assertThat(page.locator(".line .line-text")).hasText(new String[] {"bell 3 is cracked", "bell 4 is missing"});
        assertQuiet();
    }

    @Test
    void a_failure_appears_without_a_reload_with_its_stack_in_typescript_positions() {
        open("/");
        assertThat(row("tune organ")).isVisible();
        post("/api/jobs/flaky.ts%2Ftune%20organ/trigger");
        assertThat(row("tune organ").locator(".c-error")).containsText("TypeError: pipe 17 is out of tune");
        assertThat(page.locator(".answer-broken")).containsText("tune organ");
        assertThat(page).hasTitle(Pattern.compile("broken"));
        row("tune organ").locator(".c-error a").click();
        assertThat(page.locator(".stack").first()).containsText(Pattern.compile("flaky\\.ts:2:\\d+"));
        assertQuiet();
    }

    @Test
    void a_run_under_way_streams_its_lines_and_its_end() {
        runNow("long peal");
        assertThat(page.locator("main h1")).containsText("running");
        assertThat(page.locator(".log")).containsText("change 3");
        post("/api/jobs/slow.ts%2Fstop%20the%20peal/trigger");
        assertThat(page.locator("main h1")).containsText("succeeded");
        assertThat(page.locator(".log")).containsText("peal ends");
        assertQuiet();
    }

    @Test
    void pausing_stops_the_countdown_and_undo_brings_it_back() {
        open("/");
        button("Pause count bells").click();
        assertThat(row("count bells").locator(".c-next")).containsText("paused");
        button("Undo").click();
        assertThat(row("count bells").locator(".c-next .countdown")).isVisible();
        assertQuiet();
    }

    @Test
    void filters_live_in_the_address() {
        open("/");
        assertThat(row("tune organ")).isVisible();
        page.keyboard().press("/");
        page.keyboard().type("organ");
        assertThat(page.locator("tr.job-row")).hasCount(1);
        assertThat(page).hasURL(host + "/?q=organ");
        page.reload();
        assertThat(page.locator("tr.job-row")).hasCount(1);
        assertThat(page.getByRole(AriaRole.SEARCHBOX)).hasValue("organ");
        page.getByRole(AriaRole.SEARCHBOX).fill("no such job");
        assertThat(page.getByText("No job matches")).isVisible();
        button("Show all").click();
        assertThat(row("ring bells")).isVisible();
        assertQuiet();
    }

    @Test
    void the_history_is_filtered_by_state_job_and_text_from_a_link() {
        post("/api/jobs/flaky.ts%2Ftune%20organ/trigger");
        post("/api/jobs/bells.ts%2Fcount%20bells/trigger");
        open("/runs?state=failed&job=flaky.ts%2Ftune%20organ");
        assertThat(page.locator("tr.run-row").first()).containsText("pipe 17 is out of tune");
        assertThat(page.locator("tr.run-row:not(.is-failed)")).hasCount(0);
        open("/runs?q=count+bells");
        assertThat(page.locator("tr.run-row").first()).containsText("count bells");
        assertThat(page.locator("tr.run-row").filter(new Locator.FilterOptions().setHasText("tune organ")))
                .hasCount(0);
        open("/runs?by=error&state=failed");
        assertThat(page.locator(".groups-table")).containsText("pipe 17 is out of tune");
        assertQuiet();
    }

    @Test
    void a_job_page_tells_the_next_ten_fires_and_how_it_went() {
        post("/api/jobs/bells.ts%2Fcount%20bells/trigger");
        open("/jobs/bells.ts/count%20bells");
        assertThat(page.locator("main h1")).containsText("count bells");
        assertThat(page.locator(".next-fires li")).hasCount(10);
        assertThat(page.locator(".schedule-words")).containsText(SELDOM);
        assertThat(page.locator("tr.run-row").first()).containsText("succeeded");
        assertQuiet();
    }

    @Test
    void everything_can_be_reached_by_keyboard() {
        post("/api/jobs/bells.ts%2Fcount%20bells/trigger");
        open("/");
        page.keyboard().press("g");
        page.keyboard().press("r");
        assertThat(page).hasURL(host + "/runs");
        assertThat(page.locator("main h1")).isFocused();
        assertThat(page.locator("tr.run-row").first()).isVisible();
        page.keyboard().press("j");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile("/runs/.+"));
        page.keyboard().press("g");
        page.keyboard().press("n");
        assertThat(page.locator(".nodes-table")).containsText("tower");
        page.keyboard().press("?");
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        page.getByText("Single-key shortcuts").click();
        page.keyboard().press("Escape");
        page.keyboard().press("g");
        page.keyboard().press("o");
        assertThat(page).hasURL(host + "/nodes");
        assertQuiet();
    }

    @Test
    void times_are_the_readers_with_utc_at_hand() {
        post("/api/jobs/bells.ts%2Fcount%20bells/trigger");
        open("/runs?q=count+bells");
        assertThat(page.locator(".clock-zone")).hasText(Pattern.compile("Asia/(Kolkata|Calcutta)"));
        var due = page.locator("tr.run-row .c-due time").first();
        var utc = String.valueOf(due.getAttribute("title"));
        assertThat(utc).matches("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{3} UTC");
        var local = due.innerText();
        page.keyboard().press("u");
        assertThat(page.locator(".clock-zone")).hasText("UTC");
        assertThat(due).containsText(utc.substring(11, 19));
        assertThat(local).doesNotContain(utc.substring(11, 16)); // five hours and a half apart
    }

    @Test
    void no_page_scrolls_sideways_on_a_phone() {
        post("/api/jobs/flaky.ts%2Ftune%20organ/trigger");
        for (var path : List.of("/", "/runs", "/nodes", "/jobs/flaky.ts/tune%20organ", firstRun("failed"))) {
            open(path, Browser.PHONE, ColorScheme.LIGHT, false);
            assertThat(page.locator("main h1").first()).isAttached();
            assertThat(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
                    .as("pixels too wide: " + path)
                    .isEqualTo(0);
            assertQuiet();
        }
    }

    private String firstRun(String state) {
        open("/runs?state=" + state);
        return String.valueOf(page.locator("tr.run-row a").first().getAttribute("href"));
    }

    @Test
    void axe_finds_nothing_to_object_to() {
        post("/api/jobs/flaky.ts%2Ftune%20organ/trigger");
        post("/api/jobs/bells.ts%2Fring%20bells/trigger");
        var failed = firstRun("failed");
        var succeeded = firstRun("succeeded");
        var axe = Browser.axe();
        for (var look : List.of(
                Map.entry(Browser.DESKTOP, ColorScheme.LIGHT),
                Map.entry(Browser.DESKTOP, ColorScheme.DARK),
                Map.entry(Browser.PHONE, ColorScheme.LIGHT))) {
            var paths = look.getKey() == Browser.PHONE
                    ? List.of("/", "/runs", failed)
                    : List.of(
                            "/",
                            "/?q=nothing",
                            "/runs?from=2026-01-01T00:00:00Z",
                            "/runs?by=error&state=failed",
                            "/jobs/bells.ts/ring%20bells",
                            "/jobs/no/such",
                            failed,
                            succeeded,
                            "/nodes",
                            "/nowhere");
            for (var path : paths) {
                open(path, look.getKey(), look.getValue(), true);
                assertThat(page.locator("main h1").first()).isAttached();
                page.waitForFunction("!document.querySelector('.loading')");
                assertThat(violations(axe)).as(path + " " + look).isEmpty();
            }
        }
        page.keyboard().press("?");
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        assertThat(violations(axe)).as("help").isEmpty();
    }

    private List<?> violations(String axe) {
        page.addScriptTag(new Page.AddScriptTagOptions().setContent(axe));
        return (List<?>) page.evaluate("""
                async () => {
                  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
                  const result = await axe.run(document, { runOnly: { type: "tag", values: tags } });
                  return result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`);
                }""");
    }

    @Test
    void a_lost_service_is_said_and_found_again() throws IOException {
        open("/");
        int port = service.port();
        service.close();
        assertThat(page.locator(".connection")).containsText("Lost");
        assertThat(page.locator(".stale")).isVisible();
        assertThat(row("ring bells")).isVisible(); // what was known stays
        service = serve(port);
        assertThat(page.locator(".connection")).hasText("Live");
        assertThat(page.locator(".stale")).hasCount(0);
        post("/api/jobs/bells.ts%2Fcount%20bells/trigger");
        assertThat(row("count bells").locator(".c-last")).containsText("succeeded");
    }

    @Test
    void a_place_that_is_none_says_so() {
        open("/nowhere");
        assertThat(page.locator("main h1")).hasText("There is no such page");
        open("/jobs/bells.ts/unknown");
        assertThat(page.locator("main")).containsText("There is no such job");
    }
}
