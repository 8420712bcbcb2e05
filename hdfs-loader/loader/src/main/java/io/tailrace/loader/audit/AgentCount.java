package io.tailrace.loader.audit;

import io.tailrace.schemas.audit.ContentSum;
import java.util.Optional;

/**
 * The records with event times in a window of ten minutes that an agent sent to a topic since its previous count.
 *
 * @param agent the agent
 * @param sequence the count's number, one more than that of the agent's previous one; the same if it is sent again
 * @param topic the topic
 * @param windowStartMs first millisecond of the window
 * @param count number of acknowledged records
 * @param sum count and sum of the acknowledged records; empty from agents that do not sum
 * @param rejected lines that became dead letters instead
 */
record AgentCount(
        AgentId agent,
        long sequence,
        String topic,
        long windowStartMs,
        long count,
        Optional<ContentSum> sum,
        long rejected) {}
