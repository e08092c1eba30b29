"""The workbench in a browser, on this machine only: pages of the agreement for anybody here, and pages with people.

A page is a question (`question`: two dates and a reading), one call to the casebook, one template. The query string
holds the whole state, so that every page can be bookmarked, printed and opened in another language. Pages with people
exist only where the server was started with the vault's key, and only for whoever brings the token that its terminal
shows; no name ever stands in an address, a title or a log.

    server         the WSGI application, and the server on 127.0.0.1
    visits         the token, the cookie, and how long somebody stays
    desk           how people reach a page, and the forms of a visit
    readonly       refuses everything but GET, HEAD and forms at listed addresses; sets the security headers
    urls, people_urls  the addresses without a visit, and within one
    uploads        how large a posted file may be
    faults         faults of the program, printed without what they were about
    question       reads and writes the query string
    pages/         one module a page
    charts/        SVG drawn from a view's numbers
    templatetags/  numbers, days, names and sentences, each in its own direction
    tokens         the colours, also in static/quittance.css

No database, no request to another machine. JavaScript only for the keys of the review, which works without it; no
cookie but that of a visit.
"""
