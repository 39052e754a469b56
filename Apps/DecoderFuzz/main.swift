print("decoderfuzz")
