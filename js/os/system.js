// What the machine says of itself.
import {
  op_os_exec_path, op_os_gid, op_os_hostname, op_os_loadavg, op_os_memory_usage, op_os_network_interfaces, op_os_release,
  op_os_system_memory_info, op_os_uid, op_os_uptime,
} from "ext:core/ops";

export function execPath() {
  return op_os_exec_path();
}

export function hostname() {
  return op_os_hostname();
}

export function osRelease() {
  return op_os_release();
}

export function osUptime() {
  return op_os_uptime();
}

export function loadavg() {
  return [...op_os_loadavg()];
}

export function uid() {
  return op_os_uid();
}

export function gid() {
  return op_os_gid();
}

export function systemMemoryInfo() {
  return { __proto__: null, ...op_os_system_memory_info() };
}

export function memoryUsage() {
  return { ...op_os_memory_usage() };
}

export function networkInterfaces() {
  const flat = op_os_network_interfaces();
  const list = [];
  for (let i = 0; i < flat.length; i += 7) {
    list.push({
      __proto__: null,
      family: flat[i],
      name: flat[i + 1],
      address: flat[i + 2],
      netmask: flat[i + 3],
      scopeid: flat[i + 4] === "" ? null : Number(flat[i + 4]),
      cidr: flat[i + 5],
      mac: flat[i + 6],
    });
  }
  return list;
}
