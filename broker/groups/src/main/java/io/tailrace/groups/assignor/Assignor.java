package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import java.util.Map;
import java.util.Optional;

/** Distributes partitions among members. Stateless. */
public interface Assignor {
    /** The name that members and settings use. */
    String name();

    /** The partitions of each member, by member id; every member has an entry. */
    Map<String, Assignment> assign(AssignorInput input);

    /** The assignor with a name; empty if there is none. */
    static Optional<Assignor> named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> Optional.of(new UniformAssignor());
            case RangeAssignor.NAME -> Optional.of(new RangeAssignor());
            default -> Optional.empty();
        };
    }
}
