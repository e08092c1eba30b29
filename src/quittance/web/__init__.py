"""The workbench in a browser: pages that are read, never written, on this machine only.

A page is a question (`question`: two dates and a reading), one call to the casebook, one template. The query string
holds the whole state, so that every page can be bookmarked, printed and opened in another language.

    server         the WSGI application, and the server on 127.0.0.1
    readonly       refuses everything but GET, HEAD and a file to be checked; sets the security headers
    uploads        how large that file may be
    question       reads and writes the query string
    pages/         one module a page
    charts/        SVG drawn from a view's numbers
    templatetags/  numbers, days and sentences, each in its own direction
    tokens         the colours, also in static/quittance.css

No JavaScript, no cookie, no database, no request to another machine.
"""
