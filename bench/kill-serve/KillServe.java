import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Kills the service while crons fire and looks at what became of its history; see the script beside. */
public final class KillServe {
    private static final String OFFSET_MS = "100"; // every cron is due this long after its last run
    private static final Pattern RUN = Pattern.compile(
            "\\{\"id\":\"([0-9A-Z]{26})\",\"job\":\"([^\"]*)\".*?\"scheduledTime\":\"([^\"]*)\",\"state\":\"([a-z]*)\"");
    private static final Pattern CURSOR = Pattern.compile("\"cursor\":(?:null|\"([^\"]*)\")}$");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    record Run(String job, String scheduledTime, String state) {
        boolean ended() {
            return !state.equals("running") && !state.equals("retrying");
        }
    }

    public static void main(String[] args) throws Exception {
        var carillon = args[0];
        int times = Integer.parseInt(args[1]);
        var random = new Random(Long.parseLong(args[2]));
        int cronCount = Integer.parseInt(args[3]); // from 64 on, starts are written in batches
        var folder = Files.createTempDirectory("carillon-kill");
        var crons = Files.createDirectories(folder.resolve("crons"));
        Files.writeString(
                crons.resolve("many.ts"),
                """
                for (let i = 0; i < %d; i++) {
                  Deno.cron("job" + i, "* * * * *", { backoffSchedule: [50] }, async () => {
                    console.log("working");
                    await new Promise((resolve) => setTimeout(resolve, i %% 2 === 0 ? 20 : 20 * i));
                    if (i === 3 && Math.random() < 0.5) throw new Error("now and then");
                  });
                }
                """
                        .formatted(cronCount));
        Map<String, Run> known = new HashMap<>();
        int wrong = 0;
        long startedMsSum = 0;
        for (int life = 0; life <= times; life++) {
            int port = freePort();
            var process = start(carillon, folder, port);
            try {
                long from = System.nanoTime();
                awaitReady(process, port, folder);
                long startedMs = (System.nanoTime() - from) / 1_000_000;
                startedMsSum += startedMs;
                var now = allRuns(port);
                wrong += compare(known, now, life);
                if (life < times) {
                    Thread.sleep(500 + random.nextInt(2_500));
                    known = allRuns(port);
                    System.out.printf(
                            "life %d: up after %d ms, %d runs recorded, %d under way, killed%n",
                            life, startedMs, known.size(), known.values().stream().filter(run -> !run.ended()).count());
                } else {
                    System.out.printf("life %d: %d runs recorded%n", life, now.size());
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
        System.out.printf(
                "%d kills, mean start %d ms: %s%n",
                times, startedMsSum / (times + 1), wrong == 0 ? "nothing lost, changed or doubled" : wrong + " WRONG");
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static int compare(Map<String, Run> before, Map<String, Run> after, int life) {
        int wrong = 0;
        for (var entry : before.entrySet()) {
            var then = entry.getValue();
            var now = after.get(entry.getKey());
            if (now == null) {
                System.out.println("LOST in life " + life + ": " + entry);
                wrong++;
            } else if (then.ended() && !now.equals(then)) {
                System.out.println("CHANGED in life " + life + ": " + then + " to " + now);
                wrong++;
            } else if (!then.ended() && !now.ended()) {
                System.out.println("STILL UNDER WAY after a kill, life " + life + ": " + now);
                wrong++;
            }
        }
        var seen = new HashMap<String, String>();
        for (var entry : after.entrySet()) {
            var run = entry.getValue();
            var twin = seen.put(run.job + "@" + run.scheduledTime, entry.getKey());
            if (twin != null) {
                System.out.println("DOUBLED in life " + life + ": " + run + " as " + twin + " and " + entry.getKey());
                wrong++;
            }
        }
        return wrong;
    }

    private static Process start(String carillon, Path folder, int port) throws IOException {
        var builder = new ProcessBuilder(
                carillon, "serve", "--port", String.valueOf(port), "--node", "killed", folder.resolve("crons").toString());
        builder.directory(folder.toFile());
        builder.environment().put("DENO_CRON_TEST_SCHEDULE_OFFSET", OFFSET_MS);
        builder.environment().put("CARILLON_BUILD", "never");
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        return builder.start();
    }

    private static void awaitReady(Process process, int port, Path folder) throws Exception {
        for (long deadline = System.nanoTime() + 60_000_000_000L; System.nanoTime() < deadline; Thread.sleep(50)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("it does not start:\n" + Files.readString(folder.resolve("log")));
            }
            try {
                if (get(port, "/readyz", 200) != null) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
        }
        throw new IllegalStateException("not ready in a minute:\n" + Files.readString(folder.resolve("log")));
    }

    private static Map<String, Run> allRuns(int port) throws Exception {
        var runs = new HashMap<String, Run>();
        String cursor = null;
        do {
            var body = get(port, "/api/runs?limit=1000" + (cursor == null ? "" : "&cursor=" + cursor), 200);
            if (body == null) {
                throw new IllegalStateException("/api/runs does not answer 200");
            }
            var run = RUN.matcher(body);
            while (run.find()) {
                runs.put(run.group(1), new Run(run.group(2), run.group(3), run.group(4)));
            }
            var next = CURSOR.matcher(body);
            cursor = next.find() ? next.group(1) : null;
        } while (cursor != null);
        return runs;
    }

    /** The body, or null if the status is another. */
    private static String get(int port, String path, int status) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        var answer = CLIENT.send(request, BodyHandlers.ofString());
        return answer.statusCode() == status ? answer.body() : null;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
