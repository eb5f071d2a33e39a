package dev.carillon.os;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.RuntimeOptions;
import java.util.List;
import java.util.Locale;

/**
 * Facts about the script's own process, and the way to end it. None needs a permission.
 *
 * <p>Threads: runtime thread.
 */
public final class ProcessOps {
    private final RuntimeControl control;
    private final List<String> args;
    private final Environment environment;

    ProcessOps(OpState state) {
        control = state.borrow(RuntimeControl.class);
        args = state.borrow(RuntimeOptions.class).args();
        environment = state.borrow(Environment.class);
    }

    /** What does not change while the process lives. */
    public record Facts(
            int pid,
            int ppid,
            boolean noColor,
            String arch,
            String os,
            String target,
            String vendor,
            String env,
            String carillon,
            String deno,
            String engine,
            String typescript) {}

    @Op("op_os_facts")
    public Facts facts() {
        var self = ProcessHandle.current();
        var arch = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            case String other -> other;
        };
        var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var os = name.startsWith("mac") ? "darwin" : name.startsWith("win") ? "windows" : name;
        var vendor = os.equals("darwin") ? "apple" : os.equals("windows") ? "pc" : "unknown";
        var env = os.equals("linux") ? "gnu" : os.equals("windows") ? "msvc" : "";
        var target = arch + "-" + vendor + "-" + os + (env.isEmpty() ? "" : "-" + env);
        var noColor = environment.value("NO_COLOR");
        return new Facts(
                (int) self.pid(),
                (int) self.parent().map(ProcessHandle::pid).orElse(0L).longValue(),
                noColor != null && !noColor.isEmpty(),
                arch,
                os,
                target,
                vendor,
                env,
                Versions.CARILLON,
                Versions.DENO,
                Versions.ENGINE,
                Versions.TYPESCRIPT);
    }

    @Op("op_os_args")
    public List<String> args() {
        return args;
    }

    @Op("op_os_exit")
    public void exit(int code) {
        control.exit(code);
    }

    @Op("op_os_exit_code")
    public int exitCode() {
        return control.exitCode();
    }

    @Op("op_os_set_exit_code")
    public void setExitCode(int code) {
        control.exitCode(code);
    }

    @Op("op_os_main_module")
    public String mainModule() {
        return control.mainModule();
    }

    /** The launcher if there is one, else the Java program. */
    @Op("op_os_exec_path")
    public String execPath() {
        var launcher = System.getProperty("carillon.launcher");
        return launcher != null
                ? launcher
                : ProcessHandle.current().info().command().orElse("");
    }
}
