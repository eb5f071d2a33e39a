// Deno.resolveDns.
import { op_os_dns_check, op_os_dns_resolve } from "ext:core/ops";

export async function resolveDns(query, recordType) {
  const name = String(query);
  const type = String(recordType);
  op_os_dns_check(name, type);
  return await op_os_dns_resolve(name, type);
}
