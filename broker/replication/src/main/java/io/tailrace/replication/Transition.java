package io.tailrace.replication;

import java.util.List;

/**
 * What follows from an event.
 *
 * @param state the next state; the same object if nothing changed
 * @param effects what to do, in order
 */
public record Transition(Replica state, List<Effect> effects) {
    static Transition to(Replica state, Effect... effects) {
        return new Transition(state, List.of(effects));
    }
}
