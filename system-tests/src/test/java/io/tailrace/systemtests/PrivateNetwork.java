package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Virtual hosts that reach each other and this JVM and nothing else: one network namespace each, joined by a bridge. Each
 * direction between two hosts can be cut. Needs root and {@code ip}.
 *
 * <p>All names contain this process's id, so that the leftovers of a killed run can be recognised and removed.
 */
final class PrivateNetwork implements AutoCloseable {
    private static final String PREFIX = "trl";
    private static final Pattern OURS = Pattern.compile("\\b" + PREFIX + "(\\d+)([nb])\\d*\\b");
    private static final String NOBODY = "02:ff:ff:ff:ff:ff";
    private static final int HOSTS_MAX = 200;
    private static final int NETWORKS_MAX = 254;
    private static final long COMMAND_SECONDS_MAX = 20;

    private final String name = PREFIX + ProcessHandle.current().pid();
    private final String subnet;
    /** Hosts are numbered from 1; the number is the last byte of a host's IP and MAC addresses. */
    private final Map<Host, Integer> numbers = new LinkedHashMap<>();

    private PrivateNetwork(String subnet) {
        this.subnet = subnet;
    }

    /** Whether this process may create a private network. */
    static boolean isPermitted() {
        String probe = PREFIX + ProcessHandle.current().pid() + "n0";
        try {
            ip("netns", "add", probe);
            ip("netns", "del", probe);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Creates a network of that many hosts, after removing the leftovers of dead runs. */
    static PrivateNetwork of(int hostCount) throws IOException {
        if (hostCount < 1 || hostCount > HOSTS_MAX) {
            throw new IllegalArgumentException("hosts must be 1 to " + HOSTS_MAX + ", are " + hostCount);
        }
        removeStale();
        PrivateNetwork network = new PrivateNetwork(freeSubnet());
        try {
            network.addBridge();
            for (int number = 1; number <= hostCount; number++) {
                network.addHost(number);
            }
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private static String freeSubnet() throws IOException {
        String used = ip("-o", "-4", "address", "show");
        int first = (int) (ProcessHandle.current().pid() % NETWORKS_MAX);
        return IntStream.range(0, NETWORKS_MAX)
                .mapToObj(i -> "10.213." + (1 + (first + i) % NETWORKS_MAX) + ".")
                .filter(subnet -> !used.contains(" " + subnet))
                .findFirst()
                .orElseThrow(() -> new IOException("every /24 of 10.213.0.0/16 is in use"));
    }

    private void addBridge() throws IOException {
        ip("link", "add", bridge(), "type", "bridge");
        ip("address", "add", subnet + "254/24", "dev", bridge());
        ip("link", "set", bridge(), "up");
    }

    private void addHost(int number) throws IOException {
        String namespace = namespace(number);
        String outside = name + "v" + number;
        ip("netns", "add", namespace);
        numbers.put(new Host(subnet + number, List.of("ip", "netns", "exec", namespace)), number);
        ip(("link add " + outside + " type veth peer name eth0 address " + hardware(number) + " netns " + namespace)
                .split(" "));
        ip("link", "set", outside, "master", bridge(), "up");
        ip("-n", namespace, "link", "set", "lo", "up");
        ip("-n", namespace, "address", "add", subnet + number + "/24", "dev", "eth0");
        ip("-n", namespace, "link", "set", "eth0", "up");
    }

    private String bridge() {
        return name + "b";
    }

    private String namespace(int number) {
        return name + "n" + number;
    }

    private static String hardware(int number) {
        return "02:00:00:00:00:%02x".formatted(number);
    }

    /** The hosts, in order. */
    List<Host> hosts() {
        return List.copyOf(numbers.keySet());
    }

    /** Drops everything that {@code from} sends to {@code to}. */
    void cut(Host from, Host to) throws IOException {
        reach(from, to, NOBODY);
    }

    /** Undoes {@link #cut}. */
    void mend(Host from, Host to) throws IOException {
        reach(from, to, hardware(number(to)));
    }

    /** Undoes every cut. */
    void mendAll() throws IOException {
        for (Host from : hosts()) {
            for (Host to : hosts()) {
                if (!from.equals(to)) {
                    mend(from, to);
                }
            }
        }
    }

    private void reach(Host from, Host to, String hardware) throws IOException {
        ip(("-n " + namespace(number(from)) + " neighbour replace " + to.address() + " lladdr " + hardware
                        + " dev eth0 nud permanent")
                .split(" "));
    }

    private int number(Host host) {
        Integer number = numbers.get(host);
        if (number == null) {
            throw new IllegalArgumentException(host + " is not in this network of " + hosts());
        }
        return number;
    }

    /** Removes the network and kills processes that still run in it. */
    @Override
    public void close() throws IOException {
        remove(name);
    }

    private static void removeStale() throws IOException {
        String all = ip("netns", "list") + ip("-o", "link", "show", "type", "bridge");
        List<String> owners = OURS.matcher(all)
                .results()
                .map(result -> result.group(1))
                .distinct()
                .filter(pid -> ProcessHandle.of(Long.parseLong(pid)).isEmpty())
                .toList();
        for (String pid : owners) {
            remove(PREFIX + pid);
        }
    }

    private static void remove(String name) throws IOException {
        Matcher found = OURS.matcher(ip("netns", "list"));
        while (found.find()) {
            String namespace = found.group();
            if (!namespace.startsWith(name + "n")) {
                continue;
            }
            ip("netns", "pids", namespace)
                    .lines()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                    .forEach(ProcessHandle::destroyForcibly);
            ip("netns", "del", namespace);
        }
        String bridge = name + "b";
        if (ip("-o", "link", "show", "type", "bridge").contains(" " + bridge + ":")) {
            ip("link", "del", bridge);
        }
    }

    private static String ip(String... arguments) throws IOException {
        List<String> commandLine = new ArrayList<>(List.of("ip"));
        commandLine.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(commandLine).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", commandLine) + " failed: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", commandLine) + " was interrupted", e);
        }
        return said;
    }
}
