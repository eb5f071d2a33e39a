package dev.carillon.os;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts about the machine, each behind the {@code sys} permission of its name. What the system does not tell is 0.
 *
 * <p>Threads: runtime thread.
 */
public final class SystemOps {
    private static final Path PROC = Path.of("/proc");
    private static final int PAGE_BYTES = 4096;

    private final Permissions permissions;

    SystemOps(OpState state) {
        permissions = state.borrow(Permissions.class);
    }

    @Op("op_os_hostname")
    public String hostname() {
        check("hostname", "Deno.hostname()");
        try {
            var file = PROC.resolve("sys/kernel/hostname");
            return Files.exists(file)
                    ? Files.readString(file).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        } catch (IOException e) {
            throw IoFailure.of(e, "hostname");
        }
    }

    @Op("op_os_release")
    public String release() {
        check("osRelease", "Deno.osRelease()");
        return System.getProperty("os.version");
    }

    @Op("op_os_uptime")
    public double uptime() {
        check("osUptime", "Deno.osUptime()");
        var words = proc("uptime").split(" ", 2);
        return words[0].isEmpty() ? 0 : Math.floor(Double.parseDouble(words[0]));
    }

    @Op("op_os_loadavg")
    public List<Double> loadavg() {
        check("loadavg", "Deno.loadavg()");
        var words = proc("loadavg").split(" ");
        if (words.length < 3) {
            double last =
                    Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            return List.of(last, 0.0, 0.0);
        }
        return List.of(Double.valueOf(words[0]), Double.valueOf(words[1]), Double.valueOf(words[2]));
    }

    @Op("op_os_uid")
    public int uid() {
        check("uid", "Deno.uid()");
        return ownerOfSelf("unix:uid");
    }

    @Op("op_os_gid")
    public int gid() {
        check("gid", "Deno.gid()");
        return ownerOfSelf("unix:gid");
    }

    /** Bytes. */
    public record SystemMemory(
            double total,
            double free,
            double available,
            double buffers,
            double cached,
            double swapTotal,
            double swapFree) {}

    @Op("op_os_system_memory_info")
    public SystemMemory systemMemoryInfo() {
        check("systemMemoryInfo", "Deno.systemMemoryInfo()");
        var kilobytes = new HashMap<String, Double>();
        for (var line : proc("meminfo").split("\n")) {
            var words = line.split(":?\\s+");
            if (words.length >= 2) {
                kilobytes.put(words[0], Double.valueOf(words[1]));
            }
        }
        return new SystemMemory(
                bytes(kilobytes, "MemTotal"),
                bytes(kilobytes, "MemFree"),
                bytes(kilobytes, "MemAvailable"),
                bytes(kilobytes, "Buffers"),
                bytes(kilobytes, "Cached"),
                bytes(kilobytes, "SwapTotal"),
                bytes(kilobytes, "SwapFree"));
    }

    private static double bytes(Map<String, Double> kilobytes, String key) {
        return kilobytes.getOrDefault(key, 0.0) * 1024;
    }

    /** Bytes; the heap is that of the whole process, which scripts share. */
    public record Memory(double rss, double heapTotal, double heapUsed, double external) {}

    @Op("op_os_memory_usage")
    public Memory memoryUsage() {
        var memory = ManagementFactory.getMemoryMXBean();
        var heap = memory.getHeapMemoryUsage();
        var words = proc("self/statm").split(" ");
        double rss = words.length > 1 ? Double.parseDouble(words[1]) * PAGE_BYTES : heap.getCommitted();
        return new Memory(
                rss,
                heap.getCommitted(),
                heap.getUsed(),
                memory.getNonHeapMemoryUsage().getUsed());
    }

    /** Each as the seven fields of Deno's object in order, {@code scopeid} empty for none; flat. */
    @Op("op_os_network_interfaces")
    public List<String> networkInterfaces() {
        check("networkInterfaces", "Deno.networkInterfaces()");
        var four = new ArrayList<String>();
        var six = new ArrayList<String>();
        try {
            var cards = NetworkInterface.networkInterfaces()
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .toList();
            for (var card : cards) {
                for (var address : card.getInterfaceAddresses()) {
                    describe(card, address, address.getAddress() instanceof Inet4Address ? four : six);
                }
            }
        } catch (SocketException e) {
            throw IoFailure.of(e, "networkInterfaces");
        }
        four.addAll(six);
        return four;
    }

    private static void describe(NetworkInterface card, InterfaceAddress entry, List<String> target)
            throws SocketException {
        var address = entry.getAddress();
        int width = entry.getNetworkPrefixLength();
        var text = plain(address);
        target.add(address instanceof Inet4Address ? "IPv4" : "IPv6");
        target.add(card.getName());
        target.add(text);
        target.add(mask(address.getAddress().length, width));
        target.add(
                address instanceof Inet6Address six
                        ? String.valueOf(six.isLinkLocalAddress() ? six.getScopeId() : 0)
                        : "");
        target.add(text + "/" + width);
        var mac = card.getHardwareAddress();
        target.add(
                mac == null ? "00:00:00:00:00:00" : HexFormat.ofDelimiter(":").formatHex(mac));
    }

    private static String mask(int length, int width) {
        var bytes = new byte[length];
        for (int bit = 0; bit < width; bit++) {
            bytes[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
        try {
            return plain(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + length + " bytes", e);
        }
    }

    /** Without scope, the longest run of zero groups shortened. */
    private static String plain(InetAddress address) {
        var text = address.getHostAddress();
        int scope = text.indexOf('%');
        var bare = scope < 0 ? text : text.substring(0, scope);
        if (address instanceof Inet4Address) {
            return bare;
        }
        var groups = bare.split(":");
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - i > bestLength) {
                best = i;
                bestLength = end - i;
            }
        }
        if (best < 0) {
            return bare;
        }
        var all = List.of(groups);
        return String.join(":", all.subList(0, best)) + "::"
                + String.join(":", all.subList(best + bestLength, groups.length));
    }

    private void check(String fact, @Nullable String api) {
        permissions.check(Kind.SYS, fact, api);
    }

    private static int ownerOfSelf(String attribute) {
        try {
            return Files.getAttribute(PROC.resolve("self"), attribute) instanceof Number number ? number.intValue() : 0;
        } catch (IOException | UnsupportedOperationException e) {
            throw new JsVisibleException("NotSupported", "This system does not tell " + attribute.substring(5));
        }
    }

    private static String proc(String file) {
        try {
            return Files.readString(PROC.resolve(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
