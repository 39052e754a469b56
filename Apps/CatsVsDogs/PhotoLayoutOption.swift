import ArgumentParser
import Classification

extension PhotoCollection.Layout: ExpressibleByArgument {}
