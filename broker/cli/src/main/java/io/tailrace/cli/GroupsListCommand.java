package io.tailrace.cli;

import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.client.GroupListing;
import io.tailrace.config.ConfigException;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace groups list}. */
@Command(name = "list", description = "Lists the groups that have members or offsets.")
final class GroupsListCommand implements Runnable {
    private static final List<String> TYPES = List.of(GroupDescription.CLASSIC, GroupDescription.CONSUMER);
    private static final List<String> STATES = List.of(
            "Empty",
            "Stable",
            "PreparingRebalance",
            "CompletingRebalance",
            "Assigning",
            "Reconciling",
            GroupDescription.DEAD);

    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Shows only groups in this state, such as Stable or Empty. May be repeated.")
    private List<String> states = List.of();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Shows only groups of this type: classic or consumer, as the protocol of their members."
                    + " May be repeated.")
    private List<String> types = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    GroupsListCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        Set<String> wantedStates = known("--state", states, STATES);
        Set<String> wantedTypes = known("--type", types, TYPES);
        OutputTable table = new OutputTable("GROUP", "TYPE", "STATE", "PROTOCOL-TYPE", "COORDINATOR");
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            for (GroupListing group : admin.groups()) {
                boolean isWanted = wantedStates.isEmpty() || wantedStates.contains(lowerCase(group.state()));
                if (isWanted && (wantedTypes.isEmpty() || wantedTypes.contains(typeOf(group, admin)))) {
                    table.add(
                            group.groupId(),
                            group.type().isEmpty() ? null : group.type(),
                            group.state(),
                            group.protocolType().isEmpty() ? null : group.protocolType(),
                            group.coordinator());
                }
            }
        }
        output.print(table);
    }

    /** Brokers report types from Kafka 3.8 on; before, each group is asked for. */
    private static String typeOf(GroupListing group, GroupAdmin admin) {
        return group.type().isEmpty() ? admin.describe(group.groupId()).type() : group.type();
    }

    /** A misspelled value would match nothing, which looks like an answer. */
    private static Set<String> known(String option, List<String> values, List<String> allowed) {
        Set<String> found = new HashSet<>();
        for (String value : values) {
            if (allowed.stream().noneMatch(value::equalsIgnoreCase)) {
                throw new ConfigException(option + " " + value + ": expected " + String.join(", ", allowed));
            }
            found.add(lowerCase(value));
        }
        return found;
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
