package dev.carillon.scheduler.cli;

import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.Inspector;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.scheduler.DenoConfig;
import dev.carillon.scheduler.Rehearsal;
import dev.carillon.scheduler.ScriptDatabases;
import dev.carillon.scheduler.StandardExtensions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code carillon run}: one script, its output and its exit code as Deno's.
 *
 * <p>Reads its arguments by itself: what follows the script is the script's, Deno's permission flags have a form of
 * their own, and every class not loaded makes the start faster.
 */
final class RunCommand {
    private static final Set<String> IGNORED = Set.of(
            "-q",
            "--quiet",
            "--no-check",
            "--jit",
            "--no-jit",
            "--no-lock",
            "--no-remote",
            "--no-npm",
            "--cached-only");

    private static final Set<String> KV_FLAGS = Set.of("--unstable-kv", "--unstable");
    private static final String KV_HINT = "\n\n    info: Deno.openKv() is an unstable API.\n"
            + "    hint: Run again with `--unstable-kv` flag to enable this API.";

    /** The launcher saw a script that names what keeps it running. */
    private static final boolean STAYS = "service".equals(System.getProperty("carillon.profile"));

    private final Main main;

    RunCommand(Main main) {
        this.main = main;
    }

    int run(List<String> args) {
        var flags = new PermissionFlags(Path.of(""));
        Inspector inspector = null;
        boolean logOps = false;
        boolean kv = false;
        int at = 0;
        while (at < args.size() && args.get(at).startsWith("-") && !args.get(at).equals("-")) {
            var flag = args.get(at++);
            if (flag.equals("--")) {
                break;
            }
            if (flag.equals("-h") || flag.equals("--help")) {
                return main.help("run");
            }
            kv |= KV_FLAGS.contains(flag);
            if (Inspector.isFlag(flag)) {
                inspector = Main.inspector(flag, "run");
            } else if (flag.equals("--log-ops")) {
                logOps = true;
            } else if (!accept(flags, flag)) {
                int equals = flag.indexOf('=');
                throw Usage.unknown(
                        "option",
                        equals < 0 ? flag : flag.substring(0, equals),
                        List.of(
                                "--allow-all",
                                "--allow-net",
                                "--allow-env",
                                "--allow-read",
                                "--allow-write",
                                "--allow-sys",
                                "--allow-run",
                                "--allow-import",
                                "--deny-net",
                                "--deny-env",
                                "--deny-read",
                                "--deny-write",
                                "--no-prompt",
                                "--unstable-cron",
                                "--unstable-kv",
                                "--quiet",
                                "--inspect",
                                "--inspect-wait",
                                "--inspect-brk",
                                "--log-ops",
                                "--jit",
                                "--no-jit",
                                "--help"),
                        "carillon run --help");
            }
        }
        if (at >= args.size()) {
            throw new Usage("run wants a script. See: carillon run --help");
        }
        var options = RuntimeOptions.builder()
                .permissions(flags.build(flags.mayPrompt() ? PermissionPrompt.ofTerminal() : null))
                .args(args.subList(at + 1, args.size()))
                .logOps(logOps);
        var module = moduleOf(args.get(at));
        return run(module, options.extensions(extensions(module, kv)), inspector);
    }

    private static boolean accept(PermissionFlags flags, String flag) {
        try {
            return flags.accept(flag) || IGNORED.contains(flag) || flag.startsWith("--unstable");
        } catch (RuntimeException e) {
            throw new Usage(flag + ": " + e.getMessage() + ". See: carillon run --help");
        }
    }

    private static URI moduleOf(String script) {
        if (script.startsWith("file:")) {
            return URI.create(script);
        }
        if (script.matches("(https?|npm|jsr|data|blob):.*")) {
            throw new Usage("'" + script + "' is not a file: download it and run the file");
        }
        var path = Path.of(script).toAbsolutePath().normalize();
        if (Files.isDirectory(path)) {
            throw new Usage("'" + script
                    + "' is a folder: name a script in it, or serve the folder with: carillon serve " + script);
        }
        return path.toUri();
    }

    private static List<Extension> extensions(URI module, boolean kvFlag) {
        var extensions = StandardExtensions.with(LocalCronHandler::of);
        var config = DenoConfig.governing(Path.of(module)).orElse(null);
        return kvFlag || config != null && config.unstable("kv")
                ? StandardExtensions.andKv(extensions, ScriptDatabases.ofDeno(config, System.getenv()))
                : extensions;
    }

    private static int run(URI module, RuntimeOptions.Builder options, @Nullable Inspector inspector) {
        JsEngine engine;
        try {
            engine = JsEngine.create(inspector);
        } catch (Inspector.Unavailable e) {
            System.err.println("error: " + e.getMessage());
            return Main.FAILED;
        }
        options.output(new Terminal()).name("script").colors(Terminal.colors());
        // Neither is closed: the process ends with the script, and closing takes time.
        var runtime = engine.newRuntime(options.build());
        var loaded = runtime.loadMain(module);
        if (STAYS && inspector == null) {
            loaded.thenCompose(nothing -> runtime.activity()).thenAccept(activity -> {
                if (activity.ops().containsValue("op_cron_next")) {
                    Rehearsal.start(engine);
                }
            });
        }
        return end(runtime.exit().join(), runtime.lastException().orElse(null));
    }

    private static int end(JsRuntime.Exit exit, @Nullable JsError last) {
        // No switch over the kinds: it would make its code at run time, 7 ms for each script.
        if (exit instanceof JsRuntime.Exit.Drained(int code)) {
            return code;
        }
        if (exit instanceof JsRuntime.Exit.Exited(int code)) {
            return code;
        }
        if (exit instanceof JsRuntime.Exit.Failed(JsError error)) {
            boolean wantsKv = "Deno.openKv is not a function".equals(error.getMessage());
            System.err.println("error: " + error.report() + (wantsKv ? KV_HINT : ""));
        } else if (exit instanceof JsRuntime.Exit.Stopped(String reason)) {
            System.err.println("error: " + (last == null ? reason : last.report()));
        }
        return Main.FAILED;
    }
}
