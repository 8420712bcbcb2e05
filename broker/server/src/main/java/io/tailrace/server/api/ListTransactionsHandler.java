package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListTransactionsRequest;
import io.tailrace.protocol.message.ListTransactionsResponse;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.transactions.ListTransactions;
import java.util.List;
import java.util.Set;

/**
 * Lists the transactional ids that this broker coordinates. While some of them are loading, the answer is an error, because the list
 * would be incomplete.
 */
public final class ListTransactionsHandler
        implements RequestHandler<ListTransactionsRequest, ListTransactionsResponse> {
    private final TransactionCoordinator transactions;

    public ListTransactionsHandler(TransactionCoordinator transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LIST_TRANSACTIONS;
    }

    @Override
    public void handle(ListTransactionsRequest request, Call<ListTransactionsResponse> call) {
        String pattern = request.transactionalIdPattern();
        ListTransactions query = new ListTransactions(
                Set.copyOf(request.stateFilters()),
                Set.copyOf(request.producerIdFilters()),
                request.durationFilter(),
                pattern == null ? "" : pattern);
        transactions.queryAll(query, answers -> call.answer(merged(answers)));
    }

    /** A shard that has moved to another broker is listed there. */
    private static ListTransactionsResponse merged(List<ListTransactions.Answer> answers) {
        ErrorCode error = answers.stream()
                .map(ListTransactions.Answer::error)
                .filter(each -> each != ErrorCode.NONE && each != ErrorCode.NOT_COORDINATOR)
                .findFirst()
                .orElse(ErrorCode.NONE);
        List<String> unknownStates = answers.stream()
                .flatMap(answer -> answer.unknownStates().stream())
                .distinct()
                .toList();
        List<ListTransactionsResponse.TransactionState> all = answers.stream()
                .flatMap(answer -> answer.ids().stream())
                .map(id -> new ListTransactionsResponse.TransactionState(
                        id.transactionalId(), id.producerId(), id.state()))
                .toList();
        return new ListTransactionsResponse(0, error, unknownStates, error == ErrorCode.NONE ? all : List.of());
    }
}
