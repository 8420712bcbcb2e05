package io.tailrace.agent.inspect;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/** Checks that the registry answers and would take the schemas of an agent. Registers nothing. */
public final class RegistryCheck {
    private final SchemaRegistryClient registry;
    private final Compatibility compatibility;
    private final URI address;

    /** Why a schema cannot be registered under a subject; empty if it can. */
    @FunctionalInterface
    public interface Compatibility {
        /** Throws a {@link SchemaRegistryException} if the registry cannot be reached. */
        List<String> incompatibilities(String subject, Schema schema);
    }

    /** @param address for messages */
    public RegistryCheck(SchemaRegistryClient registry, Compatibility compatibility, URI address) {
        this.registry = registry;
        this.compatibility = compatibility;
        this.address = address;
    }

    /** Whether the registry answers at all. If it does not, nothing is known of subjects. */
    public List<Finding> registry() {
        try {
            // Whether it has this subject does not matter.
            var unused = registry.latestId("tailrace");
            return List.of(Finding.ok("registry", "answers at " + address));
        } catch (SchemaRegistryException e) {
            return List.of(Finding.fail("registry", "schema.registry.url=" + address + ": " + e.getMessage()));
        }
    }

    /** Checks the schema of a topic's records. */
    public List<Finding> schema(String topic, Schema schema) {
        String subject = SchemaRegistryClient.valueSubject(topic);
        String checked = "subject " + subject;
        try {
            OptionalInt latest = registry.latestId(subject);
            if (latest.isEmpty()) {
                return List.of(Finding.ok(checked, "has no schema yet: the agent registers " + schema.getFullName()));
            }
            List<String> incompatibilities = compatibility.incompatibilities(subject, schema);
            return incompatibilities.isEmpty()
                    ? List.of(Finding.ok(checked, "takes " + schema.getFullName()))
                    : List.of(Finding.fail(
                            checked,
                            "refuses " + schema.getFullName() + ": " + String.join("; ", incompatibilities)
                                    + ": choose another topic for the source, or change the subject's compatibility"));
        } catch (SchemaRegistryException e) {
            return List.of(Finding.fail(checked, String.valueOf(e.getMessage())));
        }
    }
}
