package io.tailrace.systemtests.conformance.driver;

/**
 * One operation of the client.
 *
 * @param operation its row in the table
 * @param since the first version of the client that has it, such as {@code 4.1}
 * @param outcome what the table says if the body returns
 * @param body fails if the operation does not do what Kafka's documentation says, or is not refused as it should be
 */
record Check(String operation, String since, String outcome, Body body) {
    /** Runs the operation. */
    interface Body {
        void run() throws Exception;
    }

    /** An operation that all versions have. */
    static Check of(String operation, Body body) {
        return new Check(operation, "", "yes", body);
    }

    /** An operation that versions before {@code since} lack. */
    static Check since(String since, String operation, Body body) {
        return new Check(operation, since, "yes", body);
    }

    /** An operation that must be refused. */
    static Check refused(String operation, String reason, Body body) {
        return new Check(operation, "", "no: " + reason, body);
    }

    /** Whether a version of the client, such as {@code 3.9.2}, has the operation. */
    boolean isIn(String version) {
        return since.isEmpty() || compare(version, since) >= 0;
    }

    private static int compare(String left, String right) {
        String[] a = left.split("\\.", -1);
        String[] b = right.split("\\.", -1);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            int difference = Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i]));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }
}
