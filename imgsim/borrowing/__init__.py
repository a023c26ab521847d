"""Which books share images with which: the matrix, the order of the plates, the decades, and the network.

Two books share a family if each prints a plate of it. Who took from whom is not said anywhere here: a later book may
have copied a third one that is not in the collection.

    borrowing = Borrowing.from_families(collection.families, collection.matches, collection.catalogue)
    borrowing.books, borrowing.matrix            # in order of date; borrowing.clustered() is another order
    borrowing.shared(book_a, book_b)             # as book_a prints them
    borrowing.agreement(book_a, book_b).words    # "in the same order"
    exchange(families, dates, book).of(EARLIER)  # one book: what it has in common with earlier ones
    borrowing.decades(); borrowing.edges; borrowing.graphml()
"""

from imgsim.borrowing.books import KINDS, Borrowing, Edge, Shared
from imgsim.borrowing.exchange import EARLIER, LATER, UNCERTAIN, Exchange, Partner, exchange
from imgsim.borrowing.order import Agreement, kept_order, order_agreement

__all__ = [
    "EARLIER", "KINDS", "LATER", "UNCERTAIN", "Agreement", "Borrowing", "Edge", "Exchange", "Partner", "Shared",
    "exchange", "kept_order", "order_agreement",
]  # fmt: skip
