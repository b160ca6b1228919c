/**
 * The limits on connections.
 */
import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { type Connection, Connections } from "../../../cli/server/connections.ts";

/** A connection that is not one. */
class FakeConnection extends EventEmitter implements Pick<Connection, "remoteAddress"> {
  isOpen = true;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): Socket {
    this.isOpen = false;
    this.emit("close");
    return this as unknown as Socket;
  }
}

/** Adds connections from some addresses. */
function addAll(connections: Connections, addresses: string[]): FakeConnection[] {
  return addresses.map((address) => {
    const connection = new FakeConnection(address);
    connections.add(connection as unknown as Connection);
    return connection;
  });
}

const openOf = (list: FakeConnection[]) => list.map(({ isOpen }) => isOpen);

Deno.test("Connections closes the one that has waited longest for a request, for a new one", () => {
  const connections = new Connections({ total: 3, perAddress: 9 });
  const list = addAll(connections, ["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  const [a, b] = list as unknown as Connection[];
  connections.setBusy(a!);
  list.push(...addAll(connections, ["127.0.0.1"]));
  assertEquals(openOf(list), [true, false, true, true]);
  // answered: it waits, but not as long as the third
  connections.setIdle(a!);
  connections.setIdle(b!); // closed before its answer was
  list.push(...addAll(connections, ["127.0.0.1"]));
  assertEquals(openOf(list), [true, false, false, true, true]);
  assertEquals([connections.count, connections.accepted], [3, 5]);
});

Deno.test("Connections closes a new one where all others have a request", () => {
  const connections = new Connections({ total: 2, perAddress: 9 });
  const list = addAll(connections, ["127.0.0.1", "127.0.0.1"]);
  for (const one of list as unknown as Connection[]) connections.setBusy(one);
  list.push(...addAll(connections, ["127.0.0.1"]));
  assertEquals(openOf(list), [true, true, false]);
  list[0]!.destroy();
  list.push(...addAll(connections, ["127.0.0.1"]));
  assertEquals(openOf(list), [false, true, false, true]);
});

Deno.test("Connections has a limit for each address but those of this machine", () => {
  const connections = new Connections({ total: 9, perAddress: 2 });
  const far = "192.0.2.1";
  const list = addAll(connections, ["192.0.2.2", far, far]);
  for (const one of list as unknown as Connection[]) connections.setBusy(one);
  list.push(...addAll(connections, [far, "192.0.2.3", "127.0.0.1", "127.0.0.1", "::1"]));
  assertEquals(openOf(list), [true, true, true, false, true, true, true, true]);
  connections.setIdle(list[1] as unknown as Connection);
  list.push(...addAll(connections, [far]));
  assertEquals(openOf(list), [true, false, true, false, true, true, true, true, true]);
});
