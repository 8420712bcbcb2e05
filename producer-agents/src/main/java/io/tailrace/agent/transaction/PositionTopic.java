package io.tailrace.agent.transaction;

import io.tailrace.client.ClientException;
import java.util.Map;

/** The topic of the agents' positions. */
@FunctionalInterface
public interface PositionTopic {
    /** From where everything is read. */
    long BEGINNING = 0;

    /**
     * What is committed of an agent.
     *
     * @param partition in which the agent's records are
     * @param values the last value of each key, without those that are deleted. The agent's id is not in the key
     * @param endOffset from where to read further
     */
    record Positions(int partition, Map<String, byte[]> values, long endOffset) {
        public Positions {
            values = Map.copyOf(values);
        }
    }

    /**
     * Reads what is committed of an agent from an offset to the end that the log has now. Creates the topic unless it exists. May wait.
     *
     * @throws ClientException if the brokers cannot be reached, or refuse, or someone's open transaction is in the way for long
     */
    Positions read(long fromOffset);
}
