package io.tailrace.server.cluster;

import io.tailrace.coordination.BrokerRegistration;
import java.util.function.BooleanSupplier;

/**
 * Whether this broker may rely on its registration (ADR 70); false before the first one. Checked for every request. Thread-safe.
 */
public final class Lease implements BooleanSupplier {
    private volatile BooleanSupplier current = () -> false;

    void follow(BrokerRegistration registration) {
        current = registration::holds;
    }

    @Override
    public boolean getAsBoolean() {
        return current.getAsBoolean();
    }
}
