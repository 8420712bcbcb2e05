package io.tailrace.transactions;

/**
 * The settings of transactions.
 *
 * @param timeoutMsMax {@code transaction.max.timeout.ms}, inclusive
 * @param expirationMs {@code transactional.id.expiration.ms}: how long an id without a transaction is kept
 * @param expiryIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}: the pause between two searches for
 *     expired ids
 */
public record TransactionSettings(int timeoutMsMax, long expirationMs, long expiryIntervalMs) {
    /** Settings. Invalid values are reported under the names of the configuration's keys. */
    public TransactionSettings {
        require("transaction.max.timeout.ms", timeoutMsMax);
        require("transactional.id.expiration.ms", expirationMs);
        require("transaction.remove.expired.transaction.cleanup.interval.ms", expiryIntervalMs);
    }

    private static void require(String key, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + ": expected at least 1, found " + value);
        }
    }

    /** Apache Kafka's defaults. */
    public static TransactionSettings defaults() {
        return new TransactionSettings(900_000, 7L * 24 * 60 * 60_000, 3_600_000);
    }
}
