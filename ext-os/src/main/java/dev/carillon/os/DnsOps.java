package dev.carillon.os;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code Deno.resolveDns}, by the system's resolver: addresses only. */
public final class DnsOps {
    private final Permissions permissions;

    DnsOps(OpState state) {
        permissions = state.borrow(Permissions.class);
    }

    /** Throws unless the script may ask about {@code name}. */
    @Op("op_os_dns_check")
    public void check(String name, String type) {
        permissions.check(Permissions.Kind.NET, name, "Deno.resolveDns()");
        if (!type.equals("A") && !type.equals("AAAA")) {
            throw new JsVisibleException(
                    "NotSupported", "Records of type " + type + " are not resolved here: only A and AAAA are");
        }
    }

    /** The addresses of {@code name}, in the resolver's order. */
    @Op(value = "op_os_dns_resolve", blocking = true)
    public List<String> resolve(String name, String type) {
        var wanted = type.equals("A") ? Inet4Address.class : Inet6Address.class;
        var addresses = new ArrayList<String>();
        try {
            Arrays.stream(InetAddress.getAllByName(name))
                    .filter(wanted::isInstance)
                    .map(address -> address.getHostAddress().replaceAll("%.*", ""))
                    .forEach(addresses::add);
        } catch (UnknownHostException e) {
            throw notFound(name, type);
        }
        if (addresses.isEmpty()) {
            throw notFound(name, type);
        }
        return addresses;
    }

    private static JsVisibleException notFound(String name, String type) {
        return new JsVisibleException("NotFound", "no record found for " + name + " " + type);
    }
}
