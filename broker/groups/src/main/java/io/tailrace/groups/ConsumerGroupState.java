package io.tailrace.groups;

/** The state of a group of the consumer protocol, as clients see it. Source: KIP-848, "Group States". */
public enum ConsumerGroupState {
    /** It has no members. */
    EMPTY("Empty"),
    /** Its target assignment is older than its members and their subscriptions. */
    ASSIGNING("Assigning"),
    /** Members have yet to follow the target assignment. */
    RECONCILING("Reconciling"),
    /** Every member has what the target assignment gives it. */
    STABLE("Stable");

    private final String text;

    ConsumerGroupState(String text) {
        this.text = text;
    }

    /** The state's name in answers. */
    public String text() {
        return text;
    }
}
