def write(docs, rates): pass
