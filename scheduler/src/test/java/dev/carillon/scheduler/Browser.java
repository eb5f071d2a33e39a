package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own Chromium, driven by the machine's own node: nothing is downloaded.
 *
 * <p>Closing: ends the browser process.
 */
final class Browser implements AutoCloseable {
    static final int DESKTOP = 1280;
    static final int PHONE = 390;

    private static final List<String> FLAGS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;

    /** A window, what its pages complained about, and what they asked of other hosts. */
    record Window(BrowserContext context, Page page, List<String> complaints, List<String> foreign)
            implements AutoCloseable {
        @Override
        public void close() {
            context.close();
        }

        /** Nothing on the console, no script error, nothing fetched from elsewhere. */
        void assertQuiet() {
            assertThat(complaints).as("console errors and script errors").isEmpty();
            assertThat(foreign).as("requests to other hosts").isEmpty();
        }
    }

    Browser() {
        var node = find("node")
                .orElseThrow(
                        () -> new AssertionError(
                                "The browser tests drive Chromium through node, which is not on the PATH: install nodejs 20 or newer."));
        var chrome = Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> find(name).stream())
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError("The browser tests need Chromium, which is not on the PATH: install it with"
                                + " 'apt-get install --no-install-recommends chromium fonts-dejavu-core'."));
        playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chrome)
                        .setArgs(FLAGS));
    }

    private static Optional<Path> find(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param bypassPolicy lets a test put its own script into the page */
    Window open(String host, int width, ColorScheme scheme, @Nullable String zone, boolean bypassPolicy) {
        var options = new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, width == PHONE ? 844 : 900)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setBypassCSP(bypassPolicy)
                .setBaseURL(host);
        if (zone != null) {
            options.setTimezoneId(zone);
        }
        var context = chromium.newContext(options);
        context.setDefaultTimeout(20_000);
        var page = context.newPage();
        List<String> complaints = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(host) && !request.url().startsWith("data:")) {
                foreign.add(request.url());
            }
        });
        return new Window(context, page, complaints, foreign);
    }

    /** The text of axe-core, which the dashboard's own npm install brings. */
    static String axe() {
        var file = Path.of("../js/dashboard/node_modules/axe-core/axe.min.js");
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "axe-core is not installed: run 'npm ci --ignore-scripts' in js/dashboard, or build without -Dfast",
                    e);
        }
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
