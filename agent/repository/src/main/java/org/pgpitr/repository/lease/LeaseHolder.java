package org.pgpitr.repository.lease;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Who holds a lease: a process on a host. All but the number is compared only, never interpreted.
 *
 * @param host the host's name
 * @param machine tells machines and containers of one name apart; empty where the system can't tell
 * @param boot tells one run of the machine from another; empty where the system can't tell
 * @param pid the process's number
 * @param processStart when it began, which tells it from a later one of the same number; empty if not known
 */
public record LeaseHolder(String host, String machine, String boot, long pid, String processStart) {
    /** What can be said about a holder from here. */
    enum State {
        ALIVE,
        DEAD,
        /** On another host. */
        UNKNOWN
    }

    /** This process. */
    public static LeaseHolder thisProcess() {
        long pid = ProcessHandle.current().pid();
        return new LeaseHolder(
                hostName(), machineIdentity(), read("/proc/sys/kernel/random/boot_id"), pid, startOf(pid));
    }

    /** What is known of {@code other} where this holder runs. */
    State stateOf(LeaseHolder other) {
        if (!host.equals(other.host) || !machine.equals(other.machine)) {
            return State.UNKNOWN;
        }
        if (!boot.equals(other.boot)) {
            return machine.isEmpty() ? State.UNKNOWN : State.DEAD;
        }
        if (ProcessHandle.of(other.pid).filter(ProcessHandle::isAlive).isEmpty()) {
            return State.DEAD;
        }
        String start = startOf(other.pid);
        boolean successor = !start.isEmpty() && !other.processStart.isEmpty() && !start.equals(other.processStart);
        return successor ? State.DEAD : State.ALIVE;
    }

    /** The machine's identity and the process namespace: a container's processes have numbers of their own. */
    private static String machineIdentity() {
        String id = read("/etc/machine-id");
        if (id.isEmpty()) {
            return "";
        }
        try {
            return id + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException noNamespaces) {
            return id;
        }
    }

    /**
     * When a process began, to be compared only: in ticks since the boot where there is a {@code /proc}, for unlike a time
     * that never shifts with the clock. Empty if not known.
     */
    public static String startOf(long pid) {
        String stat = read("/proc/" + pid + "/stat");
        if (!stat.isEmpty()) {
            // the second field, the command's name in parentheses, may itself hold spaces
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields.length > 19 ? fields[19] : "";
        }
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .map(Instant::toString)
                .orElse("");
    }

    private static String hostName() {
        String name = read("/proc/sys/kernel/hostname");
        if (!name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException notThisSystem) {
            return "";
        }
    }
}
